import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describeOwedWork } from './owed-work.contract.ts';

describeOwedWork('dynalite', openLocalTable);
