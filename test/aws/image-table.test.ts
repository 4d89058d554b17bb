import { describeImageTable } from '../shared/storage/image-table.contract.ts';
import { openAwsTable } from '../support/aws-endpoint.ts';

describeImageTable('DynamoDB', openAwsTable);
