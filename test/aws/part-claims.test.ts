import { describePartClaims } from '../shared/storage/table/part-claims.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describePartClaims('DynamoDB', openAwsTable);
