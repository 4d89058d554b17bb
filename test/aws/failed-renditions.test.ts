import { describeFailedRenditions } from '../shared/storage/failed-renditions.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeFailedRenditions('DynamoDB', openAwsTable);
