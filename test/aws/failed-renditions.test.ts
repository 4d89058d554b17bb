import { describeFailedRenditions } from '../shared/storage/table/failed-renditions.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeFailedRenditions('DynamoDB', openAwsTable);
