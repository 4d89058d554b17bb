import { basename } from 'node:path';
import { expect } from 'chai';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { look, photograph } from '../../support/images/picture.ts';
import { ask, type Bench, drained, request, startBench } from '../../support/worker/worker-bench.ts';
import { type Fleet, type FleetWorker, openFleet } from '../../support/worker/worker-fleet.ts';

describe('two workers at one queue', function () {
  this.timeout(120_000);
  const thumb = request('thumb', [
    { operation: 'blur', sigma: 5 },
    { operation: 'resize', width: 40 },
  ]);
  const slow = request('thumb', [
    { operation: 'blur', sigma: 60 },
    { operation: 'blur', sigma: 60 },
    { operation: 'resize', width: 40 },
  ]);
  let bench: Bench;
  let bytes: Buffer;
  let queue: ProcessingQueue;
  let fleet: Fleet;
  let workers: FleetWorker[];

  before(async () => {
    bench = await startBench();
    bytes = await photograph(400, 300).jpeg().toBuffer();
  });
  beforeEach(async () => {
    ({ queue } = await bench.openQueue());
    fleet = openFleet(bench, queue, { WORKER_PROCESSES: '1', WORKER_CONCURRENCY: '1' });
    workers = [await fleet.start(), await fleet.start()];
  });
  afterEach(() => fleet.stop());
  after(() => bench.stop());

  const store = (count: number) =>
    Promise.all(Array.from({ length: count }, () => bench.store({ bytes, renditions: [thumb] })));
  const counted = async (outcome: Parameters<FleetWorker['counted']>[0]): Promise<number[]> =>
    Promise.all(workers.map((worker) => worker.counted(outcome)));
  const sum = ([a = 0, b = 0]: number[]): number => a + b;

  async function expectOneResult(imageId: string): Promise<number> {
    const { status, attempts, facts } = (await bench.rendition(imageId)) ?? {};
    expect([status, facts?.width, facts?.height]).to.deep.equal(['ready', 40, 30]);
    expect(await bench.renditionObjects(imageId)).to.deep.equal([basename(facts?.key ?? '')]);
    const { body } = await bench.objects.get(facts?.key ?? '');
    const { width, height } = await look(Buffer.concat(await body.toArray()));
    expect([width, height]).to.deep.equal([40, 30]);
    return attempts ?? 0;
  }

  it('share the work, and make nothing twice', async () => {
    const imageIds = await store(80);
    await Promise.all(imageIds.map((imageId) => ask(queue, imageId, [thumb])));
    await drained(queue, 100_000);
    for (const imageId of imageIds) expect(await expectOneResult(imageId)).to.equal(1);
    const made = await counted('ready');
    expect(sum(made)).to.equal(80);
    expect(Math.min(...made), `of 80: ${made}`).to.be.at.least(1);
  });

  it('make one result of messages that come twice, one after the other', async () => {
    const imageIds = await store(40);
    await Promise.all([...imageIds, ...imageIds].map((imageId) => ask(queue, imageId, [thumb])));
    await drained(queue, 100_000);
    const attempts = await Promise.all(imageIds.map(expectOneResult));
    // Begun by both at once, or left alone by the second.
    expect(Math.max(...attempts)).to.be.at.most(2);
    expect([sum(await counted('ready')), sum(await counted('skipped'))]).to.deep.equal([40, 40]);
    expect([sum(await counted('failed')), sum(await counted('returned'))]).to.deep.equal([0, 0]);
  });

  it('make one result of a message that both have at once', async () => {
    const large = await photograph(1600, 1200).jpeg().toBuffer();
    const imageId = await bench.store({ bytes: large, renditions: [slow] });
    await Promise.all([ask(queue, imageId, [slow]), ask(queue, imageId, [slow])]);
    await eventually('both have begun', async () => {
      const { status, attempts } = (await bench.rendition(imageId)) ?? {};
      return status === 'processing' && attempts === 2;
    });
    await drained(queue, 100_000);
    expect(await expectOneResult(imageId)).to.equal(2);
    // The second worker finds it made.
    expect([sum(await counted('ready')), sum(await counted('skipped'))]).to.deep.equal([1, 1]);
  });
});
