import { openLocalTable } from '../../../support/storage/emulators.ts';
import { describeUploadTable } from './upload-table.contract.ts';

describeUploadTable('dynalite', openLocalTable);
