import { describeUploadTable } from '../shared/storage/upload-table.contract.ts';
import { openAwsTable } from '../support/aws-endpoint.ts';

describeUploadTable('DynamoDB', openAwsTable);
