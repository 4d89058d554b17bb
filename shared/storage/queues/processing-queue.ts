import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { encodeMessage, type ProcessingMessage } from '../../contracts/queue-message.ts';

export type { Message };

/** The queue between those who ask for renditions and the workers. IAM: sqs:SendMessage, sqs:GetQueueAttributes on it. */
export interface ProcessingQueue {
  sqs: SQSClient;
  queueUrl: string;
}

/** Sends a message; workers see it after the delay in seconds (SQS's limit is 900). */
export async function sendMessage(
  { sqs, queueUrl }: ProcessingQueue,
  message: ProcessingMessage,
  delaySeconds?: number,
): Promise<void> {
  const delay = delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds };
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: encodeMessage(message), ...delay }));
}

/** Makes a received message visible again at once. IAM: sqs:ChangeMessageVisibility. */
export async function releaseMessage({ sqs, queueUrl }: ProcessingQueue, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
}

/** Resolves if the queue answers. */
export async function checkQueue({ sqs, queueUrl }: ProcessingQueue): Promise<void> {
  await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }));
}
