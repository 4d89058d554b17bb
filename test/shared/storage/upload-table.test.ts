import { openLocalTable } from '../../support/emulators.ts';
import { describeUploadTable } from './upload-table.contract.ts';

describeUploadTable('dynalite', openLocalTable);
