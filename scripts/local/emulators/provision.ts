import { createDocumentClient, createSqsClient } from '../../../shared/runtime/clients.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { LOCAL_REGION } from './emulators.ts';

/** The endpoints of the emulators. */
export interface Endpoints {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
}

/** Creates the table and the queues if they do not exist yet. */
export async function provision(
  { dynamoDbEndpoint, sqsEndpoint }: Endpoints,
  { tableName, queueName }: { tableName: string; queueName: string },
): Promise<void> {
  const place = { AWS_REGION: LOCAL_REGION };
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint });
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: sqsEndpoint });
  await Promise.all([provisionTable(documents, tableName), provisionQueues(sqs, queueName)]);
}
