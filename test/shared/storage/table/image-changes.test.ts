import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describeImageChanges } from './image-changes.contract.ts';

describeImageChanges('dynalite', openLocalTable);
