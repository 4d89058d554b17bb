import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deadLetterQueueOf } from '../contracts/names.ts';
import { QUEUE_TIMING } from '../contracts/queue-timing.ts';
import { IMAGE_TABLE } from '../contracts/table.ts';

const { partitionKey, sortKey, listIndex, failureIndex } = IMAGE_TABLE;
const indexes = [listIndex, failureIndex];

const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** The input of CreateTable for the image table, without its name. */
export const TABLE_DEFINITION = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ partitionKey, sortKey }, ...indexes].flatMap((keys) =>
    [keys.partitionKey, keys.sortKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  ),
  KeySchema: keySchema(partitionKey, sortKey),
  GlobalSecondaryIndexes: indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, index.sortKey),
    Projection: { ProjectionType: index.projection },
  })),
} satisfies Omit<CreateTableCommandInput, 'TableName'>;

/**
 * Creates the table where Terraform does not: on one machine and in tests. Repeatable; an existing table stays as it is (on one machine
 * scripts/local/emulators/table-indexes.ts updates the tables of earlier versions).
 */
export async function provisionTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand({ TableName: tableName, ...TABLE_DEFINITION }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 }, { TableName: tableName });
}

/** The attributes for CreateQueue: with a dead-letter target for the processing queue, without one for the dead-letter queue itself. */
export const queueAttributes = (deadLetterTargetArn?: string): Record<string, string> => ({
  MessageRetentionPeriod: String(QUEUE_TIMING.messageRetentionSeconds),
  ...(deadLetterTargetArn !== undefined && {
    VisibilityTimeout: String(QUEUE_TIMING.visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: QUEUE_TIMING.maxReceiveCount }),
  }),
});

/** Creates the queue and its dead-letter queue, and returns their URLs. */
export async function provisionQueues(
  sqs: SQSClient,
  queueName: string,
): Promise<{ queueUrl: string; deadLetterQueueUrl: string }> {
  const deadLetterQueueUrl = await createQueue(sqs, deadLetterQueueOf(queueName), queueAttributes());
  const { Attributes: { QueueArn = '' } = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queueUrl = await createQueue(sqs, queueName, queueAttributes(QueueArn));
  return { queueUrl, deadLetterQueueUrl };
}

async function createQueue(sqs: SQSClient, QueueName: string, Attributes: Record<string, string>): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (!QueueUrl) throw new Error(`CreateQueue answered no URL for ${QueueName}`);
  return QueueUrl;
}
