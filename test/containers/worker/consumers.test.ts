import { mock } from 'node:test';
import { type Message, type ReceiveMessageCommandOutput, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { eventually } from '../../support/eventually.ts';
import { quadrants } from '../../support/images/picture.ts';
import { holdWork } from '../../support/worker/held-work.ts';
import {
  ask,
  type Bench,
  depthOf,
  drained,
  hide,
  receiveAndDrop,
  request,
  startBench,
} from '../../support/worker/worker-bench.ts';

const last = QUEUE_TIMING.maxReceiveCount;

describe('startConsumers', () => {
  let bench: Bench;
  let picture: Buffer;
  let queue: ProcessingQueue;
  let deadLetters: ProcessingQueue;
  const thumb = request('thumb', [{ operation: 'resize', width: 20 }]);

  before(async () => {
    bench = await startBench();
    picture = await quadrants(40, 30).png().toBuffer();
  });
  beforeEach(async () => ({ queue, deadLetters } = await bench.openQueue()));
  afterEach(() => bench.stopConsumers());
  after(() => bench.stop());

  const send = (MessageBody: string) =>
    queue.sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody }));

  /** Messages that the consumers receive, as the client sees them pass. */
  function watchReceives(): Message[] {
    const received: Message[] = [];
    queue.sqs.middlewareStack.add((next, { commandName }) => async (args) => {
      const result = await next(args);
      if (commandName === 'ReceiveMessageCommand')
        received.push(...((result.output as ReceiveMessageCommandOutput).Messages ?? []));
      return result;
    });
    return received;
  }

  const ready = (imageId: string) =>
    eventually('the rendition is ready', async () => (await bench.rendition(imageId))?.status === 'ready');

  it('takes a message from queued to ready and acknowledges it', async () => {
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    await ask(queue, imageId, [thumb]);
    bench.consume(queue);
    await ready(imageId);
    await drained(queue);
    const { status, attempts, facts } = (await bench.rendition(imageId)) ?? {};
    expect([status, attempts, facts?.width, facts?.height]).to.deep.equal(['ready', 1, 20, 15]);
  });

  it('acknowledges a message of a corrupt original and one of a deleted image', async () => {
    const imageId = await bench.store({ bytes: picture.subarray(0, 70), renditions: [thumb] });
    const deletedId = await bench.store({ bytes: picture, renditions: [thumb] });
    await deleteImageRecord(bench.table, deletedId);
    for (const id of [imageId, deletedId]) await ask(queue, id, [thumb]);
    bench.consume(queue);
    await drained(queue);
    expect((await bench.rendition(imageId))?.status).to.equal('failed');
    expect(await bench.renditionObjects(deletedId)).to.deep.equal([]);
    expect(await depthOf(deadLetters)).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('passes on how often a message was received', async () => {
    await send('again');
    await receiveAndDrop(queue, 2);
    const work = holdWork();
    bench.consume(queue, work.process);
    await work.held(1);
    expect(work.deliveries[0]).to.include({ body: 'again', receiveCount: 3 });
    work.letGo();
    await drained(queue);
  });

  it('lets a message whose work failed come again after a pause', async () => {
    await send('message');
    const counts: number[] = [];
    bench.consume(queue, async ({ receiveCount }) => {
      counts.push(receiveCount);
      if (counts.length === 1) throw new Error('passing');
    });
    await eventually('the message comes again', () => counts.length === 2);
    expect(counts).to.deep.equal([1, 2]);
    await drained(queue);
  });

  it('leaves a message of another form to the dead-letter queue, and goes on with others', async () => {
    const received = watchReceives();
    await send('{ not JSON');
    await receiveAndDrop(queue, last - 1);
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    bench.consume(queue);
    await eventually('the broken message is received for the last time', () => received.length === last);
    await ask(queue, imageId, [thumb]);
    await ready(imageId);
    await moved(received);
    expect(await depthOf(queue)).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('fails a rendition for good on the last receive of a retryable failure, and the message goes to the dead-letter queue', async () => {
    const received = watchReceives();
    const imageId = await bench.store({ bytes: picture, renditions: [thumb] });
    await ask(queue, imageId, [thumb]);
    await receiveAndDrop(queue, last - 1);
    const copyTo = () => Promise.reject(new ImageServiceError('service_unavailable', 'The store is away.'));
    bench.consume(queue, bench.process({ objects: { ...bench.objects, copyTo } }));
    await eventually('the record says failed', async () => (await bench.rendition(imageId))?.status === 'failed');
    await moved(received);
    expect((await bench.rendition(imageId))?.failure?.code).to.equal('processing_failed');
  });

  /** Shortens the pause after the last receive, then waits for the dead letter. */
  async function moved(received: Message[]): Promise<void> {
    const letter = received[last - 1];
    if (letter) await eventually('the pause begins', async () => (await depthOf(queue)).held === 1);
    await eventually('the message is a dead letter', async () => {
      if (letter) await hide(queue, letter, 0).catch(() => undefined);
      return (await depthOf(deadLetters)).waiting === 1;
    });
  }

  it('works on as many messages at once as it has consumers', async () => {
    const work = holdWork();
    for (const body of ['a', 'b', 'c', 'd']) await send(body);
    bench.consume(queue, work.process, 3);
    await work.held(3);
    expect(await depthOf(queue)).to.deep.equal({ waiting: 1, held: 3 });
    work.letGo();
    await drained(queue);
    expect(work.deliveries.map(({ body }) => body).sort()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('aborts the work on a message when its lease cannot be renewed', async () => {
    const work = holdWork();
    await send('contested');
    // Only the heartbeat's clock, so that nobody waits for it.
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      bench.consume(queue, work.process);
      await work.held(1);
      mock.timers.tick(QUEUE_TIMING.heartbeatSeconds * 1000);
      queue.sqs.middlewareStack.add((next, { commandName }) => (args) => {
        if (commandName === 'ChangeMessageVisibilityCommand') throw new Error('The receipt handle has expired');
        return next(args);
      });
      expect(work.deliveries[0]?.lost.aborted).to.equal(false);
      mock.timers.tick(QUEUE_TIMING.heartbeatSeconds * 1000);
      await eventually('the work is told', () => work.deliveries[0]?.lost.aborted);
    } finally {
      mock.timers.reset();
    }
  });
});
