import { describeIdempotency } from '../shared/storage/table/idempotency.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeIdempotency('DynamoDB', openAwsTable);
