import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { startWebServer } from '../../support/http/web-server.ts';
import { photograph } from '../../support/images/picture.ts';
import { playMetadata } from '../../support/images/played-metadata.ts';
import { CAN_SEE_PROCESSES, ended } from '../../support/processes.ts';
import { ask, type Bench, depthOf, drained, request, startBench } from '../../support/worker/worker-bench.ts';
import { type Fleet, openFleet } from '../../support/worker/worker-fleet.ts';

const NAMES = ['first', 'second', 'third'];

describe('a worker under load that is to end', function () {
  this.timeout(180_000);
  let bench: Bench;
  let queue: ProcessingQueue;
  let fleet: Fleet;

  before(async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    bench = await startBench();
  });
  beforeEach(async () => {
    ({ queue } = await bench.openQueue());
    fleet = openFleet(bench, queue, { WORKER_PROCESSES: '2', WORKER_CONCURRENCY: '3' });
  });
  afterEach(() => fleet?.stop());
  after(() => bench?.stop());

  async function send(bytes: Buffer, count: number, sigma = 40): Promise<string[]> {
    const renditions = NAMES.map((name) => request(name, [{ operation: 'blur', sigma }], { format: 'jpeg' }));
    const imageIds: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const imageId = await bench.store({ bytes, renditions });
      await ask(queue, imageId, renditions);
      imageIds.push(imageId);
    }
    return imageIds;
  }

  const renditionsOf = async (imageId: string): Promise<Rendition[]> =>
    (await Promise.all(NAMES.map((name) => bench.rendition(imageId, name)))).filter((found) => found !== undefined);
  const held = (count: number) => eventually('messages are held', async () => (await depthOf(queue)).held === count);
  const begun = (imageId: string) =>
    eventually('the work begins', async () => (await bench.rendition(imageId, 'first'))?.status === 'processing');
  const isDone = (renditions: Rendition[]) => renditions.every(({ status }) => status === 'ready');
  const summary = (renditions: Rendition[]) => renditions.map(({ status, attempts }) => `${status} ${attempts}`);

  it('finishes renditions under way and releases the rest as if not begun, which another worker makes', async () => {
    const imageIds = await send(await photograph(1600, 1200).jpeg().toBuffer(), 6);
    const worker = await fleet.start();
    await begun(imageIds[0] ?? '');
    await held(3);
    worker.child.kill('SIGTERM');
    expect(await worker.ended(QUEUE_TIMING.drainSeconds * 1000)).to.equal(0);
    expect(worker.stderr()).to.equal('');
    const left = await Promise.all(imageIds.map(renditionsOf));
    expect(await depthOf(queue)).to.deep.equal({ waiting: left.filter((each) => !isDone(each)).length, held: 0 });
    expect(new Set(left.flatMap(summary))).to.deep.equal(new Set(['ready 1', 'queued 0']));
    expect(left.filter((each) => !isDone(each) && each[0]?.status === 'ready')).to.not.be.empty;
    await fleet.start();
    await drained(queue, 100_000);
    const made = (await Promise.all(imageIds.map(renditionsOf))).flatMap(summary);
    expect(made).to.deep.equal(Array(imageIds.length * NAMES.length).fill('ready 1'));
    for (const imageId of imageIds) expect(await bench.renditionObjects(imageId)).to.have.lengthOf(1);
  });

  it('releases at once a message that cannot end before its spot instance does', async () => {
    const { played, answer } = playMetadata();
    const metadata = await startWebServer(answer);
    try {
      // Ten seconds or more, in which no process hears of anything.
      const [imageId = ''] = await send(await photograph(600, 600).jpeg().toBuffer(), 4, 1000);
      const worker = await fleet.start({ SPOT_NOTICE: 'on', AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url });
      await begun(imageId);
      await held(3);
      const children = worker.imageProcesses();
      Object.assign(played, { status: 200, body: JSON.stringify({ action: 'terminate', time: new Date() }) });
      expect(await worker.ended()).to.equal(0);
      await ended(children);
      expect(await depthOf(queue)).to.deep.equal({ waiting: 4, held: 0 });
      expect((await renditionsOf(imageId)).map(({ status }) => status)).to.not.include('failed');
    } finally {
      await metadata.stop();
    }
  });
});
