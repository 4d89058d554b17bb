import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { decodeMessage, encodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { countDeadLetters, receiveDeadLetters } from '../../../shared/storage/queues/dead-letter-queue.ts';
import { type ImageTable, readImage } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { failRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../eventually.ts';
import { clientsOf } from './emulators.ts';
import { imageRecord, rendition, renditionRequest } from './image-records.ts';
import { runQuarantine } from './quarantine-process.ts';

/** Table and queues without workers, and the command npm run quarantine. */
export interface QuarantineBench {
  table: ImageTable;
  /** The environment of an operator in the cloud. */
  env: Record<string, string>;
  run(...args: string[]): ReturnType<typeof runQuarantine>;
  /** Runs the command with `--json`, and returns its status and output. */
  json(...args: string[]): Promise<{ status: number | string; stderr: string; printed: ReturnType<typeof JSON.parse> }>;
  /** Stores an image with renditions of these names, and returns its id. */
  store(...names: string[]): Promise<string>;
  fail(imageId: string, name: string, failure?: { code: ErrorCode; detail: string }): Promise<void>;
  bury(message: string | Partial<ProcessingMessage>): Promise<string>;
  statusOf(imageId: string, name?: string): Promise<Rendition['status'] | undefined>;
  deadLetterCount(): ReturnType<typeof countDeadLetters>;
  /** Waits for a number of messages to the workers, and removes them. */
  sent(count: number): Promise<ProcessingMessage[]>;
  stop(): Promise<void>;
}

export const FAILURE = { code: 'processing_failed', detail: 'Processing failed 8 times. Ask for it again.' } as const;

export async function startQuarantineBench(): Promise<QuarantineBench> {
  const emulators = await startEmulators();
  const { documents, sqs } = clientsOf(emulators);
  const table = { documents, tableName: 'images' };
  await provisionTable(documents, table.tableName);
  const { queueUrl, deadLetterQueueUrl } = await provisionQueues(sqs, 'processing');
  const deadLetters = { sqs, queueUrl: deadLetterQueueUrl };
  const env = {
    ...LOCAL_CREDENTIALS,
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamoDbEndpoint,
    AWS_ENDPOINT_URL_SQS: emulators.sqsEndpoint,
    IMAGE_TABLE_NAME: table.tableName,
    PROCESSING_QUEUE_URL: queueUrl,
    DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
  };
  return {
    table,
    env,
    run: (...args) => runQuarantine({ env }, ...args),
    async json(...args) {
      const { status, stdout, stderr } = await runQuarantine({ env }, ...args, '--json');
      return { status, stderr, printed: JSON.parse(stdout) };
    },
    async store(...names) {
      const record = imageRecord();
      await createImage(table, { record, renditions: names.map((name) => rendition(name)) });
      return record.imageId;
    },
    async fail(imageId, name, failure = FAILURE) {
      await startRendition(table, { imageId, name });
      await failRendition(table, { imageId, name }, failure);
    },
    async bury(message) {
      const whole = { imageId: '', requestId: 'before', renditions: [renditionRequest()] };
      const MessageBody = typeof message === 'string' ? message : encodeMessage({ ...whole, ...message });
      const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody }));
      return MessageId;
    },
    async statusOf(imageId, name = 'thumb') {
      const image = await readImage(table, imageId, { consistent: true });
      return image?.renditions.find((found) => found.name === name)?.status;
    },
    deadLetterCount: () => countDeadLetters(deadLetters),
    async sent(count) {
      // The processing queue has the same operations as the other.
      const messages: ProcessingMessage[] = [];
      await eventually(`sending ${count} messages`, async () => {
        const received = await receiveDeadLetters({ sqs, queueUrl }, 10);
        messages.push(...received.map(({ body }) => decodeMessage(body)));
        return messages.length >= count;
      });
      return messages;
    },
    async stop() {
      documents.destroy();
      sqs.destroy();
      await emulators.stop();
    },
  };
}
