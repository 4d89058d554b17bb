import { describeOwedInvalidations } from '../shared/storage/table/owed-invalidations.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeOwedInvalidations('DynamoDB', openAwsTable);
