import { describeEconomyMode } from '../shared/services/economy-mode.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeEconomyMode('DynamoDB', openAwsTable);
