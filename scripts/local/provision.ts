import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import { provisionQueues, provisionTable } from '../../shared/storage/provisioning.ts';
import { LOCAL_REGION } from './emulators.ts';

/** Where each emulator answers. */
export interface Endpoints {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
}

/** Makes the table and the queues where they are not there yet. */
export async function provision(
  { dynamoDbEndpoint, sqsEndpoint }: Endpoints,
  { tableName, queueName }: { tableName: string; queueName: string },
): Promise<void> {
  const place = { AWS_REGION: LOCAL_REGION };
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint });
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: sqsEndpoint });
  await Promise.all([provisionTable(documents, tableName), provisionQueues(sqs, queueName)]);
}
