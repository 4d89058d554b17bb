import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { QUEUE_TIMING } from '../contracts/queue-timing.ts';
import { IMAGE_TABLE } from '../contracts/table.ts';

/** Makes, where Terraform does not, what the services need: on one machine and in tests. Repeatable. */
export async function provisionTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partitionKey, sortKey, listIndex } = IMAGE_TABLE;
  const attributes = [partitionKey, sortKey, listIndex.partitionKey, listIndex.sortKey];
  const keySchema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keySchema(partitionKey, sortKey),
        GlobalSecondaryIndexes: [
          {
            IndexName: listIndex.name,
            KeySchema: keySchema(listIndex.partitionKey, listIndex.sortKey),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 }, { TableName: tableName });
}

/** Makes the queue and its dead-letter queue, and answers their URLs. */
export async function provisionQueues(
  sqs: SQSClient,
  queueName: string,
): Promise<{ queueUrl: string; deadLetterQueueUrl: string }> {
  const MessageRetentionPeriod = String(QUEUE_TIMING.messageRetentionSeconds);
  const deadLetterQueueUrl = await createQueue(sqs, `${queueName}-dead-letter`, { MessageRetentionPeriod });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queueUrl = await createQueue(sqs, queueName, {
    MessageRetentionPeriod,
    VisibilityTimeout: String(QUEUE_TIMING.visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: Attributes?.QueueArn,
      maxReceiveCount: QUEUE_TIMING.maxReceiveCount,
    }),
  });
  return { queueUrl, deadLetterQueueUrl };
}

async function createQueue(sqs: SQSClient, QueueName: string, Attributes: Record<string, string>): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (!QueueUrl) throw new Error(`CreateQueue answered no URL for ${QueueName}`);
  return QueueUrl;
}
