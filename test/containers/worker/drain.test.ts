import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { quadrants } from '../../support/images/picture.ts';
import { holdWork } from '../../support/worker/held-work.ts';
import { ask, type Bench, depthOf, drained, request, startBench } from '../../support/worker/worker-bench.ts';

/** More seconds than any drain takes here, so that no message is released before it ends by itself. */
const LONG_ENOUGH = 50;

describe('drain', () => {
  let bench: Bench;
  let queue: ProcessingQueue;

  before(async () => {
    bench = await startBench();
  });
  beforeEach(async () => ({ queue } = await bench.openQueue()));
  afterEach(() => bench.stopConsumers());
  after(() => bench.stop());

  const send = (MessageBody: string) =>
    queue.sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody }));

  /** The outcomes of the consumers' long polls. */
  function watchPolls() {
    let underWay = 0;
    let cutOff = 0;
    queue.sqs.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName !== 'ReceiveMessageCommand') return next(args);
      underWay += 1;
      try {
        return await next(args);
      } catch (error) {
        cutOff += 1;
        throw error;
      } finally {
        underWay -= 1;
      }
    });
    return { underWay: () => underWay, cutOff: () => cutOff };
  }

  it('ends at once between messages, in spite of the long poll', async () => {
    const polls = watchPolls();
    const consumers = bench.consume(queue, async () => undefined, 4);
    await send('before');
    await drained(queue);
    await eventually('all of them poll', () => polls.underWay() === 4);
    await consumers.drain(LONG_ENOUGH);
    expect([polls.underWay(), polls.cutOff()]).to.deep.equal([0, 4]);
  });

  it('finishes the message in hand, acknowledges it, and receives no other', async () => {
    const work = holdWork();
    await send('in hand');
    const consumers = bench.consume(queue, work.process);
    await work.held(1);
    await send('next');
    const drain = consumers.drain(LONG_ENOUGH);
    expect(work.deliveries[0]?.stopping.aborted).to.equal(true);
    expect(work.deliveries[0]?.lost.aborted).to.equal(false);
    work.letGo();
    await drain;
    expect(work.deliveries).to.have.lengthOf(1);
    expect(await depthOf(queue)).to.deep.equal({ waiting: 1, held: 0 });
  });

  it('releases a message that is not done by the deadline at once, and aborts its work', async () => {
    const work = holdWork();
    await send('slow');
    const consumers = bench.consume(queue, work.process);
    await work.held(1);
    await consumers.drain(0.05);
    expect(work.deliveries[0]?.lost.aborted).to.equal(true);
    // People read this in the log; the message of an abort without a reason is a page long.
    expect(work.deliveries[0]?.lost.reason).to.have.property('message', 'The worker ends.');
    expect(await depthOf(queue)).to.deep.equal({ waiting: 1, held: 0 });
  });

  it('has what the work has cost written down before it ends, though the rendition is left as it was', async () => {
    const picture = await quadrants(40, 30).png().toBuffer();
    const renditions = [request('first')];
    const imageId = await bench.store({ bytes: picture, renditions });
    await ask(queue, imageId, renditions);
    const opened = Promise.withResolvers<void>();
    // The work hears of its end when the message has been released, and has its last write still to make.
    const released = Promise.withResolvers<void>();
    queue.sqs.middlewareStack.add((next, { commandName }) => async (args) => {
      const answer = await next(args);
      if (commandName === 'ChangeMessageVisibilityCommand') released.resolve();
      return answer;
    });
    const copyTo: ObjectStore['copyTo'] = async (_key, _path, { signal }) => {
      opened.resolve();
      await released.promise;
      signal.throwIfAborted();
    };
    const consumers = bench.consume(queue, bench.process({ objects: { ...bench.objects, copyTo } }));
    await opened.promise;
    await consumers.drain(0.05);
    const made = await bench.rendition(imageId, 'first');
    expect(made).to.include({ status: 'processing', attempts: 1 });
    // One of the writes adds the time of the message to those of its owner's day.
    expect(made?.receipt).to.include({ reads: 1, writes: 3, unpriced: 1 });
  });

  it('releases the renditions of a message that are not begun at once', async () => {
    const picture = await quadrants(40, 30).png().toBuffer();
    const renditions = [request('first'), request('second')];
    const imageId = await bench.store({ bytes: picture, renditions });
    await ask(queue, imageId, renditions);
    const opened = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const copyTo: ObjectStore['copyTo'] = async (...object) => {
      opened.resolve();
      await gate.promise;
      await bench.objects.copyTo(...object);
    };
    const consumers = bench.consume(queue, bench.process({ objects: { ...bench.objects, copyTo } }));
    await opened.promise;
    const drain = consumers.drain(LONG_ENOUGH);
    gate.resolve();
    await drain;
    const made = await Promise.all([bench.rendition(imageId, 'first'), bench.rendition(imageId, 'second')]);
    expect(made.map((rendition) => rendition?.status)).to.deep.equal(['ready', 'queued']);
    expect(await depthOf(queue)).to.deep.equal({ waiting: 1, held: 0 });
  });

  for (const [outcome, command] of [
    ['acknowledged', 'DeleteMessageCommand'],
    ['released', 'ChangeMessageVisibilityCommand'],
  ] as const) {
    it(`lets the request through when it begins while a message is being ${outcome}`, async () => {
      const asked = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      queue.sqs.middlewareStack.add((next, { commandName }) => async (args) => {
        if (commandName === command) {
          asked.resolve();
          await gate.promise;
        }
        return next(args);
      });
      await send('message');
      const fails = outcome === 'released';
      const consumers = bench.consume(queue, () => (fails ? Promise.reject(new Error('passing')) : Promise.resolve()));
      await asked.promise;
      const drain = consumers.drain(LONG_ENOUGH);
      gate.resolve();
      await drain;
      const soon = { QueueUrl: queue.queueUrl, WaitTimeSeconds: fails ? QUEUE_TIMING.heartbeatSeconds / 2 : 0 };
      const { Messages = [] } = await queue.sqs.send(new ReceiveMessageCommand(soon));
      expect(Messages.map(({ Body }) => Body)).to.deep.equal(fails ? ['message'] : []);
      expect((await depthOf(queue)).held).to.equal(fails ? 1 : 0);
    });
  }

  it('leaves no consumer behind that still receives', async () => {
    const consumers = bench.consume(queue, async () => undefined, 2);
    await consumers.drain(LONG_ENOUGH);
    await send('later');
    const { Messages = [] } = await queue.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.queueUrl }));
    expect(Messages.map(({ Body }) => Body)).to.deep.equal(['later']);
  });
});
