import { openLocalTable } from '../../support/storage/emulators.ts';
import { describeApiKeys } from './api-keys.contract.ts';

describeApiKeys('dynalite', openLocalTable);
