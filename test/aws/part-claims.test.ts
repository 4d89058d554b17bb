import { describePartClaims } from '../shared/storage/part-claims.contract.ts';
import { openAwsTable } from '../support/aws-endpoint.ts';

describePartClaims('DynamoDB', openAwsTable);
