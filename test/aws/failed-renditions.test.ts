import { describeFailedRenditions } from '../shared/storage/failed-renditions.contract.ts';
import { openAwsTable } from '../support/aws-endpoint.ts';

describeFailedRenditions('DynamoDB', openAwsTable);
