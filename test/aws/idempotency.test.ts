import { describeIdempotency } from '../shared/storage/idempotency.contract.ts';
import { openAwsTable } from '../support/aws-endpoint.ts';

describeIdempotency('DynamoDB', openAwsTable);
