import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { QUEUE_TIMING } from '../../contracts/queue-timing.ts';

/**
 * Where SQS puts messages that were received too often. IAM: sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility and
 * sqs:GetQueueAttributes on it.
 */
export interface DeadLetterQueue {
  sqs: SQSClient;
  queueUrl: string;
}

/** A message received from the dead-letter queue. Nobody else sees it during the visibility timeout, or until it is released. */
export interface DeadLetter {
  messageId: string;
  body: string;
  /** When it was sent to the processing queue, ISO 8601. */
  sentAt: string;
  /** Counts the receives from this queue, and those of the workers before if the queue continues their count. */
  receiveCount: number;
  receiptHandle: string;
}

/** Messages in one request; SQS's maximum. */
const BATCH = 10;

/** Seconds to wait for a message: any wait at all makes SQS ask all of its servers, not some. */
const WAIT_SECONDS = 1;

/**
 * Receives up to `limit` messages whose ids are not in `known`, and hides them for 30 s (QUEUE_TIMING). Fewer messages mean that no more are visible
 * now. The caller releases or deletes them.
 */
export async function receiveDeadLetters(
  queue: DeadLetterQueue,
  limit: number,
  known: ReadonlySet<string> = new Set(),
): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  const again: DeadLetter[] = [];
  while (letters.size < limit) {
    const received = await receive(queue, Math.min(BATCH, limit - letters.size));
    const unknown = received.filter(({ messageId }) => !known.has(messageId));
    again.push(...received.filter(({ messageId }) => known.has(messageId)));
    for (const letter of unknown) letters.set(letter.messageId, letter);
    // When all were known, the queue has come around.
    if (unknown.length === 0) break;
  }
  await releaseDeadLetters(queue, again);
  return [...letters.values()];
}

async function receive({ sqs, queueUrl }: DeadLetterQueue, count: number): Promise<DeadLetter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: WAIT_SECONDS,
      VisibilityTimeout: QUEUE_TIMING.visibilityTimeoutSeconds,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    }),
  );
  return Messages.map(deadLetter);
}

const deadLetter = ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }: Message): DeadLetter => ({
  messageId: MessageId,
  body: Body,
  sentAt: new Date(Number(Attributes.SentTimestamp)).toISOString(),
  receiveCount: Number(Attributes.ApproximateReceiveCount),
  receiptHandle: ReceiptHandle,
});

/** Makes messages visible again at once. A message whose timeout has passed is already visible, which is no error. */
export async function releaseDeadLetters({ sqs, queueUrl }: DeadLetterQueue, letters: DeadLetter[]): Promise<void> {
  for (const Entries of batches(letters, { VisibilityTimeout: 0 })) {
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Deletes messages; repeatable. Rejects if SQS kept one. */
export async function deleteDeadLetters({ sqs, queueUrl }: DeadLetterQueue, letters: DeadLetter[]): Promise<void> {
  for (const Entries of batches(letters, {})) {
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed[0]) throw new Error(`SQS did not delete a message: ${Failed[0].Message ?? Failed[0].Code}`);
  }
}

const batches = <Settings extends object>(letters: DeadLetter[], settings: Settings) =>
  Array.from({ length: Math.ceil(letters.length / BATCH) }, (_, batch) =>
    letters
      .slice(batch * BATCH, (batch + 1) * BATCH)
      .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle, ...settings })),
  );

/** Returns up to `limit` messages, which are hidden from others only for a moment. */
export async function peekDeadLetters(queue: DeadLetterQueue, limit: number): Promise<DeadLetter[]> {
  const letters = await receiveDeadLetters(queue, limit);
  await releaseDeadLetters(queue, letters);
  return letters;
}

/** The number of messages that wait and that somebody holds, as SQS approximates them within a minute. */
export async function countDeadLetters({ sqs, queueUrl }: DeadLetterQueue): Promise<{ waiting: number; held: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    held: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
