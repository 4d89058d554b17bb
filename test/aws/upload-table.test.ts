import { describeUploadTable } from '../shared/storage/upload-table.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeUploadTable('DynamoDB', openAwsTable);
