import { describeApiKeys } from '../shared/services/api-keys.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeApiKeys('DynamoDB', openAwsTable);
