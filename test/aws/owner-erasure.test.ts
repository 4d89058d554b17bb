import { describeOwnerErasure } from '../shared/storage/table/owner-erasure.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeOwnerErasure('DynamoDB', openAwsTable);
