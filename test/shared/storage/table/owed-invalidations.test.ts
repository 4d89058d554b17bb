import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describeOwedInvalidations } from './owed-invalidations.contract.ts';

describeOwedInvalidations('dynalite', openLocalTable);
