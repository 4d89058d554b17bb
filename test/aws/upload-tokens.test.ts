import { describeUploadTokens } from '../shared/services/upload-tokens.contract.ts';
import { openAwsTable } from '../support/storage/aws-endpoint.ts';

describeUploadTokens('DynamoDB', openAwsTable);
