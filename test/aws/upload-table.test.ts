import { describeUploadTable } from '../shared/storage/table/upload-table.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeUploadTable('DynamoDB', openAwsTable);
