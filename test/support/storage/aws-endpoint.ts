import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { createDocumentClient, createS3Client, createSqsClient } from '../../../shared/runtime/clients.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { type OpenedQueue, type OpenedTable, uniqueName } from './emulators.ts';

/** us-east-1, because a bucket there needs no LocationConstraint and must not have one. */
const place = { AWS_REGION: 'us-east-1' };

function endpoint(): string {
  const url = process.env.AWS_ENDPOINT_URL;
  if (!url) throw new Error('AWS_ENDPOINT_URL is not set. Run these tests by: npm run test:aws');
  return url;
}

/**
 * moto answers every request in its own thread and takes no lock in DynamoDB, so the conditions of two concurrent writes may both hold
 * (seen with 5.2.1: two UpdateItem that each leave `processing` both succeed).
 */
export async function isMoto(): Promise<boolean> {
  // Does not use data.json, for which moto answers 500 while it holds a part of an upload.
  const { ok } = await fetch(new URL('/moto-api/', endpoint()));
  return ok;
}

export const s3Client = (): Promise<S3Client> => createS3Client({ ...place, AWS_ENDPOINT_URL_S3: endpoint() });

/** A new bucket at the endpoint, which `close` removes with its contents. */
export async function openAwsBucket(): Promise<{ s3: S3Client; bucket: string; close(): Promise<void> }> {
  const s3 = await s3Client();
  const bucket = uniqueName('objects');
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const close = async () => {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    }
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
    s3.destroy();
  };
  return { s3, bucket, close };
}

export async function openAwsTable(): Promise<OpenedTable> {
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: endpoint() });
  const tableName = uniqueName('images');
  await provisionTable(documents, tableName);
  const close = async () => {
    await documents.send(new DeleteTableCommand({ TableName: tableName }));
    documents.destroy();
  };
  return { table: { documents, tableName }, atomic: !(await isMoto()), close };
}

export async function openAwsQueue(): Promise<OpenedQueue> {
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: endpoint() });
  const queueName = uniqueName('processing');
  const { queueUrl, deadLetterQueueUrl } = await provisionQueues(sqs, queueName);
  const close = async () => {
    for (const QueueUrl of [queueUrl, deadLetterQueueUrl]) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    sqs.destroy();
  };
  return { queue: { sqs, queueUrl }, queueName, deadLetterQueueUrl, close };
}
