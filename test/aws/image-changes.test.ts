import { describeImageChanges } from '../shared/storage/table/image-changes.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeImageChanges('DynamoDB', openAwsTable);
