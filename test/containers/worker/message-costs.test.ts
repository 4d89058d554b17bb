import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Delivery } from '../../../containers/worker/consumers.ts';
import { CAN_READ_MEMORY } from '../../../containers/worker/image-processes/memory-watch.ts';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { openMessageMetrics } from '../../../containers/worker/metrics/message-metrics.ts';
import type { ProcessDependencies } from '../../../containers/worker/process-message.ts';
import { BILLED_NAMES, type Receipt } from '../../../shared/domain/receipt.ts';
import { openRequestLedger, otherRequests } from '../../../shared/runtime/aws-requests.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { type CountingProxy, startCountingProxy, sumOfCounts } from '../../support/http/counting-proxy.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type EmbeddedRecord, readEmbeddedRecord } from '../../support/worker/embedded-metric-format.ts';
import { PRICES } from '../../support/worker/receipt-prices.ts';
import type { Script } from '../../support/worker/scripted-image-process.ts';
import { ask, type Bench, bodyOf, delivery, drained, request, startBench } from '../../support/worker/worker-bench.ts';

const SCRIPT = fileURLToPath(new URL('../../support/worker/scripted-image-process.ts', import.meta.url));
const png = await photograph('png', 120, 90);
const RESIZED = { operation: 'resize', width: 40 };
const OUTSIDE = { operation: 'crop', left: 0, top: 0, width: 999, height: 9 };

describe('What a message costs', () => {
  let bench: Bench;
  const proxies: CountingProxy[] = [];
  const records: EmbeddedRecord[] = [];
  const metrics = openMessageMetrics({ METRICS: 'emf' }, (line) => records.push(readEmbeddedRecord(line)));
  let failsToStore = false;
  before(async () => {
    bench = await startBench({
      async endpoint(emulator) {
        const proxy = await startCountingProxy(emulator);
        proxies.push(proxy);
        return proxy.url;
      },
      objects: (store) => ({
        ...store,
        async put(...given) {
          if (failsToStore && given[2].isFinishing) {
            failsToStore = false;
            throw new Error('the store does not answer');
          }
          return store.put(...given);
        },
      }),
    });
  });
  after(async () => {
    await bench?.stop();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  interface Run {
    /** All that the emulators were asked for. */
    asked: Record<string, number>;
    records: EmbeddedRecord[];
    /** What was asked for no message: by the test itself, and by receives that brought nothing. */
    others: Record<string, number>;
    receipts: Record<string, Receipt | undefined>;
  }

  /** Has consumers make the renditions of so many images, and tells what was asked of AWS from the first request to the last. */
  async function run(names: Record<string, object[]>, { images = 1, concurrency = 1 } = {}): Promise<Run> {
    const { queue } = await bench.openQueue();
    const renditions = Object.entries(names).map(([name, commands]) => request(name, commands));
    const before = otherRequests.take();
    for (const proxy of proxies) proxy.take();
    records.length = 0;
    const ids = await Promise.all(Array.from({ length: images }, () => bench.store({ bytes: png, renditions })));
    await Promise.all(ids.map((id) => ask(queue, id, renditions)));
    const consumers = bench.consume(queue, bench.process({ metrics, prices: PRICES }), concurrency);
    await drained(queue, 120_000);
    await consumers.drain(5);
    const receipts: Record<string, Receipt | undefined> = {};
    for (const id of ids)
      for (const { name } of renditions) receipts[`${name} of ${id}`] = (await bench.rendition(id, name))?.receipt;
    const others = otherRequests.take().requests;
    otherRequests.add(before);
    return { asked: sumOfCounts(...proxies.map((proxy) => proxy.take())), records: [...records], others, receipts };
  }

  const requestsOf = (record: EmbeddedRecord | undefined) => record?.requests as Record<string, number>;

  /** Every request is counted with one message, or with none. */
  const expectAllCounted = ({ asked, records: all, others }: Run) =>
    expect(sumOfCounts(others, ...all.map(requestsOf))).to.deep.equal(asked);

  const sum = (receipts: Run['receipts'], name: keyof Receipt): number =>
    Object.values(receipts).reduce((total, receipt) => total + Number(receipt?.[name]), 0);

  it('is every request from the receive that brought it to the one that removes it', async () => {
    const made = await run({ one: [RESIZED], two: [], three: [{ operation: 'grayscale' }] });
    expectAllCounted(made);
    expect(requestsOf(made.records[0])).to.deep.equal({
      ReceiveMessage: 1,
      Query: 1,
      // Each rendition is begun and finished, the original described, and the processor time added to that of the owner.
      UpdateItem: 2 * 3 + 2,
      DeleteMessage: 1,
    });
    expect(made.records[0]).to.include({ Requests: 11, ReadUnits: 1, WriteUnits: 8, priced: '2026-08-01' });
    const renditions = made.records[0]?.renditions as object[];
    expect(renditions).to.have.length(3);
    for (const rendition of renditions) expect(rendition).to.deep.include({ requests: { UpdateItem: 2 } });
  });

  it('is divided between its renditions, whose receipts come to all but the description of the original', async () => {
    const { receipts } = await run({ one: [RESIZED], two: [], three: [{ operation: 'grayscale' }] });
    expect(Object.keys(receipts)).to.have.length(3);
    expect(sum(receipts, 'sqs')).to.be.closeTo(2, 0.002);
    expect(sum(receipts, 'reads')).to.be.closeTo(1, 0.002);
    expect(sum(receipts, 'writes')).to.be.closeTo(2 * 3 + 1, 0.002);
    for (const receipt of Object.values(receipts)) {
      expect(receipt).to.include({ puts: 0, gets: 0, priced: '2026-08-01' });
      expect(receipt?.cpuMs).to.be.above(0);
    }
  });

  it('has the price of each of them, with the date of the prices', async () => {
    const {
      receipts,
      records: [record],
    } = await run({ one: [RESIZED], two: [] });
    for (const receipt of Object.values(receipts) as Receipt[]) {
      expect(receipt.usd).to.be.closeTo(priceOf(receipt), 1e-9);
    }
    // The description of the original is one more write.
    expect(Number(record?.usd)).to.be.closeTo(sum(receipts, 'usd') + PRICES.writes, 1e-8);
  });

  it('is as much when a rendition fails for good, which has a receipt too', async () => {
    const made = await run({ one: [RESIZED], outside: [OUTSIDE] });
    expectAllCounted(made);
    expect(requestsOf(made.records[0])).to.include({ UpdateItem: 2 * 2 + 2, DeleteMessage: 1 });
    expect(sum(made.receipts, 'sqs')).to.be.closeTo(2, 0.002);
    const failed = Object.entries(made.receipts).find(([name]) => name.startsWith('outside'))?.[1];
    // Begun, failed, its entry in the index of failures, and its half of the write for the owner.
    expect(failed?.writes).to.equal(3.5);
  });

  const priceOf = (receipt: Receipt | undefined): number =>
    BILLED_NAMES.reduce(
      (total, name) => total + Number(receipt?.[name]) * PRICES[name],
      (Number(receipt?.cpuMs) / 1000) * PRICES.cpuSecond,
    );

  it('is counted for each delivery, and a receipt has the attempts before', async () => {
    failsToStore = true;
    const made = await run({ one: [RESIZED] });
    expectAllCounted(made);
    expect(made.records.map(({ outcome }) => outcome)).to.deep.equal(['returned', 'done']);
    const [returned, done] = made.records.map(requestsOf);
    expect(returned).to.deep.equal({ ReceiveMessage: 1, Query: 1, UpdateItem: 4, ChangeMessageVisibility: 1 });
    expect(done).to.deep.equal({ ReceiveMessage: 1, Query: 1, UpdateItem: 3, DeleteMessage: 1 });
    const [receipt] = Object.values(made.receipts);
    expect(receipt).to.include({ sqs: 4, reads: 2, writes: 6 });
  });

  /** Delivers a message of a rendition `one` as often as told, all at once, and tells the receipt with what was asked of AWS. */
  async function deliver(changes: Partial<Delivery>[], processing: Partial<ProcessDependencies> = {}, bytes = png) {
    const renditions = [request('one', [RESIZED])];
    const imageId = await bench.store({ bytes, renditions });
    for (const proxy of proxies) proxy.take();
    const process = bench.process({ metrics, prices: PRICES, ...processing });
    const outcomes = await Promise.allSettled(
      changes.map((each) => process(delivery(bodyOf(imageId, renditions), { ...each, requests: openRequestLedger() }))),
    );
    const asked = sumOfCounts(...proxies.map((proxy) => proxy.take()));
    return { imageId, asked, outcomes, made: await bench.rendition(imageId, 'one') };
  }

  /** A store in which each result waits until as many are there. */
  function meeting(count: number): ObjectStore {
    const all = Promise.withResolvers<void>();
    let waiting = 0;
    return {
      ...bench.objects,
      async put(...given) {
        waiting += 1;
        if (waiting === count) all.resolve();
        await all.promise;
        return bench.objects.put(...given);
      },
    };
  }

  it('is in the receipt for each of several workers that had the message at once, also for those whose result came too late', async () => {
    const { asked, made, outcomes } = await deliver([{}, {}, {}], { objects: meeting(3) });
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(3).fill('fulfilled'));
    expect(made).to.include({ status: 'ready', attempts: 3 });
    // Each read the record, began, described the original, tried to finish and added its processor time; two were refused, looked what has become of the image, and added
    // their cost.
    expect(asked).to.deep.equal({ Query: 3 + 2, UpdateItem: 3 * 4 + 2 });
    expect(made?.receipt).to.include({ reads: 5, writes: 3 * 3 + 2, sqs: 3 });
    expect(made?.receipt?.usd).to.be.closeTo(priceOf(made?.receipt), 1e-9);
  });

  for (const moment of ['copyTo', 'put'] as const) {
    it(`is in the receipt when the message was lost in ${moment}, and the rendition is left to whoever has it`, async () => {
      const lost = new AbortController();
      const lose = () => lost.abort(new Error('lost'));
      const objects: ObjectStore = {
        ...bench.objects,
        copyTo: (...object) => bench.objects.copyTo(...object).finally(moment === 'copyTo' ? lose : undefined),
        put: (...object) => bench.objects.put(...object).finally(moment === 'put' ? lose : undefined),
      };
      const { made, outcomes } = await deliver([{ lost: lost.signal }], { objects });
      expect(outcomes[0]).to.have.nested.property('reason.message', 'lost');
      expect(made).to.include({ status: 'processing', attempts: 1 });
      expect(made?.receipt).to.include({ reads: 1, writes: 3, sqs: 1 });
      if (moment === 'put') expect(made?.receipt?.cpuMs).to.be.above(0);
    });
  }

  it('has the processor time of a process that is ended over a rendition', async function () {
    if (!CAN_READ_MEMORY) this.skip();
    const limits = { processes: 1, memoryBytes: 2 ** 30, timeoutSeconds: 1, graceSeconds: 0 };
    const processes = openImageProcessPool({ ...limits, script: SCRIPT });
    try {
      const script: Script = { 'render 0': { blocks: true } };
      const { made } = await deliver([{}], { processes }, Buffer.from(JSON.stringify(script)));
      expect(made?.receipt?.cpuMs).to.be.above(0);
      expect(records.at(-1)?.Cpu).to.equal(made?.receipt?.cpuMs);
    } finally {
      await processes.stop();
    }
  });

  it('has the tries that the SDK repeats, which AWS has received too', async () => {
    for (const proxy of proxies) for (const operation of ['Query', 'DeleteMessage']) proxy.failOnce(operation);
    const made = await run({ one: [RESIZED] });
    expectAllCounted(made);
    expect(requestsOf(made.records[0])).to.deep.equal({ ReceiveMessage: 1, Query: 2, UpdateItem: 4, DeleteMessage: 2 });
  });

  it('is not mixed with that of messages that are worked on at the same time', async () => {
    const made = await run({ one: [RESIZED], outside: [OUTSIDE] }, { images: 8, concurrency: 4 });
    expectAllCounted(made);
    expect(made.records).to.have.length(8);
    for (const record of made.records)
      expect(requestsOf(record)).to.deep.equal({ ReceiveMessage: 1, Query: 1, UpdateItem: 6, DeleteMessage: 1 });
  });
});
