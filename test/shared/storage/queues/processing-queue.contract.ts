import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { decodeMessage, type ProcessingMessage } from '../../../../shared/contracts/queue-message.ts';
import { QUEUE_TIMING } from '../../../../shared/contracts/queue-timing.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { provisionQueues } from '../../../../shared/storage/provisioning.ts';
import {
  checkQueue,
  type ProcessingQueue,
  releaseMessage,
  sendMessage,
} from '../../../../shared/storage/queues/processing-queue.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import type { OpenedQueue } from '../../../support/storage/emulators.ts';
import { renditionRequest } from '../../../support/storage/image-records.ts';

const newMessage = (renditions = [renditionRequest()]): ProcessingMessage => ({
  imageId: createImageId(),
  requestId: 'a request',
  renditions,
});

/** Receives one message, if there is one; it stays hidden for a minute. */
async function receive({ sqs, queueUrl }: ProcessingQueue, WaitTimeSeconds = 0): Promise<Message | undefined> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds,
      VisibilityTimeout: 60,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  return Messages[0];
}

async function receiveSurely(queue: ProcessingQueue): Promise<Message> {
  const message = await receive(queue, 5);
  if (!message) throw new Error('the queue has no message');
  return message;
}

const remove = ({ sqs, queueUrl }: ProcessingQueue, { ReceiptHandle }: Message) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));

async function attributesOf({ sqs, queueUrl }: ProcessingQueue, ...AttributeNames: QueueAttributeName[]) {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
  return Attributes;
}

/** What the processing queue keeps to on any SQS endpoint. `open` is called once; every test leaves the queue empty. */
export function describeProcessingQueue(label: string, open: () => Promise<OpenedQueue>): void {
  describe(`processing queue: ${label}`, () => {
    let opened: OpenedQueue;

    before(async () => {
      opened = await open();
    });

    after(() => opened?.close());

    describeMessages(() => opened.queue);
    describeDeadLetters(() => opened);
    describeProvisioning(() => opened);
  });
}

function describeMessages(queue: () => ProcessingQueue): void {
  it('answers that it can be reached, and that another cannot', async () => {
    await checkQueue(queue());
    await rejectionOf(checkQueue({ ...queue(), queueUrl: `${queue().queueUrl}-none` }));
  });

  it('delivers a message as it was sent', async () => {
    const sent = newMessage();
    await sendMessage(queue(), sent);
    const received = await receiveSurely(queue());
    expect(decodeMessage(received.Body ?? '')).to.deep.equal(sent);
    await remove(queue(), received);
    expect(await receive(queue())).to.equal(undefined);
  });

  it('delivers the largest message there can be', async () => {
    const commands = Array.from({ length: LIMITS.commandsPerRendition }, () => ({
      operation: 'watermarkText' as const,
      // Three bytes each: more than any other character of one unit.
      text: '漢'.repeat(LIMITS.watermarkTextLength),
      fontSize: 1000,
      bold: false,
      color: '#12345678',
      angle: -123.123_456,
      gravity: 'northwest' as const,
      offsetX: LIMITS.outputDimension,
      offsetY: LIMITS.outputDimension,
      opacity: 0.123_456,
      scale: 0.123_456,
      tile: false,
      blend: 'colour-dodge' as const,
    }));
    const names = Array.from({ length: LIMITS.renditionsPerRequest }, (_, index) => `r${index}`);
    const sent = newMessage(names.map((name) => ({ ...renditionRequest(name), commands })));
    await sendMessage(queue(), sent);
    const received = await receiveSurely(queue());
    expect(decodeMessage(received.Body ?? '')).to.deep.equal(sent);
    await remove(queue(), received);
  });

  it('hides a message from others while one has it', async () => {
    await sendMessage(queue(), newMessage());
    const received = await receiveSurely(queue());
    expect(await receive(queue())).to.equal(undefined);
    await remove(queue(), received);
  });

  it('delivers a message that was sent with a delay after it', async () => {
    const begun = performance.now();
    await sendMessage(queue(), newMessage(), 1);
    await remove(queue(), await receiveSurely(queue()));
    expect(performance.now() - begun).to.be.at.least(900);
  });

  it('delivers a released message again at once', async () => {
    await sendMessage(queue(), newMessage());
    const first = await receiveSurely(queue());
    await releaseMessage(queue(), first);
    const second = await receiveSurely(queue());
    expect(second.MessageId).to.equal(first.MessageId);
    expect(second.Attributes?.ApproximateReceiveCount).to.equal('2');
    await remove(queue(), second);
    expect(await receive(queue())).to.equal(undefined);
  });
}

function describeDeadLetters(opened: () => OpenedQueue): void {
  it(`moves a message to the dead-letter queue after ${QUEUE_TIMING.maxReceiveCount} receives`, async () => {
    const { queue, deadLetterQueueUrl } = opened();
    const sent = newMessage();
    await sendMessage(queue, sent);
    for (let count = 1; count <= QUEUE_TIMING.maxReceiveCount; count += 1) {
      const message = await receiveSurely(queue);
      expect(message.Attributes?.ApproximateReceiveCount).to.equal(String(count));
      await releaseMessage(queue, message);
    }
    expect(await receive(queue)).to.equal(undefined);
    const deadLetters = { ...queue, queueUrl: deadLetterQueueUrl };
    const dead = await receiveSurely(deadLetters);
    expect(decodeMessage(dead.Body ?? '')).to.deep.equal(sent);
    await remove(deadLetters, dead);
  });
}

function describeProvisioning(opened: () => OpenedQueue): void {
  it('has the timing of the contract', async () => {
    const { queue, deadLetterQueueUrl } = opened();
    const retention = { MessageRetentionPeriod: String(QUEUE_TIMING.messageRetentionSeconds) };
    const found = await attributesOf(queue, 'VisibilityTimeout', 'MessageRetentionPeriod');
    expect(found).to.include({ ...retention, VisibilityTimeout: String(QUEUE_TIMING.visibilityTimeoutSeconds) });
    expect(await attributesOf({ ...queue, queueUrl: deadLetterQueueUrl }, 'MessageRetentionPeriod')).to.include(
      retention,
    );
  });

  it('is provisioned again without losing a message', async () => {
    const { queue, queueName, deadLetterQueueUrl } = opened();
    const sent = newMessage();
    await sendMessage(queue, sent);
    const again = await provisionQueues(queue.sqs, queueName);
    expect(again).to.deep.equal({ queueUrl: queue.queueUrl, deadLetterQueueUrl });
    const received = await receiveSurely(queue);
    expect(decodeMessage(received.Body ?? '')).to.deep.equal(sent);
    await remove(queue, received);
  });
}
