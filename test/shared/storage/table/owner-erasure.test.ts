import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describeOwnerErasure } from './owner-erasure.contract.ts';

describeOwnerErasure('dynalite', openLocalTable);
