import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy/index.js';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { policyDocument } from '../access/policy-document.ts';
import { denyPlainText } from './tls-only.ts';

/** Creates the queue that the workers read, and the dead-letter queue for messages that they never finished. */
export function createProcessingQueues(scope: Construct, deployment: Deployment): void {
  const names = namesOf(deployment);
  const arns = arnsOf(deployment);
  const deadLetterQueue = new SqsQueue(scope, 'dead-letter-queue', {
    name: names.deadLetterQueue,
    // A message's age counts from when it was first sent, not from when it arrived here. This is SQS's maximum.
    messageRetentionSeconds: QUEUE_TIMING.messageRetentionSeconds,
    visibilityTimeoutSeconds: QUEUE_TIMING.visibilityTimeoutSeconds,
    // SQS's own key is free.
    sqsManagedSseEnabled: true,
  });
  const queue = new SqsQueue(scope, 'processing-queue', {
    name: names.queue,
    messageRetentionSeconds: QUEUE_TIMING.messageRetentionSeconds,
    visibilityTimeoutSeconds: QUEUE_TIMING.visibilityTimeoutSeconds,
    // With long polling an empty queue is asked three times a minute and not continuously ($0.40 a million requests).
    receiveWaitTimeSeconds: QUEUE_TIMING.waitTimeSeconds,
    redrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetterQueue.arn,
      maxReceiveCount: QUEUE_TIMING.maxReceiveCount,
    }),
    sqsManagedSseEnabled: true,
  });
  // No other queue may send its dead letters here, and a redrive returns them to their own queue.
  new SqsQueueRedriveAllowPolicy(scope, 'dead-letter-queue-redrive', {
    queueUrl: deadLetterQueue.id,
    redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] }),
  });
  new SqsQueuePolicy(scope, 'processing-queue-policy', {
    queueUrl: queue.id,
    policy: policyDocument(denyPlainText('sqs:*', arns.queue)),
  });
  new SqsQueuePolicy(scope, 'dead-letter-queue-policy', {
    queueUrl: deadLetterQueue.id,
    policy: policyDocument(denyPlainText('sqs:*', arns.deadLetterQueue)),
  });
}
