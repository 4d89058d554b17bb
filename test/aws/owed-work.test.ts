import { describeOwedWork } from '../shared/storage/table/owed-work.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeOwedWork('DynamoDB', openAwsTable);
