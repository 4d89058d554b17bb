import { describeImageTable } from '../shared/storage/table/image-table.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeImageTable('DynamoDB', openAwsTable);
