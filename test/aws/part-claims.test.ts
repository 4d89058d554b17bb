import { describePartClaims } from '../shared/storage/part-claims.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describePartClaims('DynamoDB', openAwsTable);
