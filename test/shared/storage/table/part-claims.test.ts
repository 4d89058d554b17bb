import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describePartClaims } from './part-claims.contract.ts';

describePartClaims('dynalite', openLocalTable);
