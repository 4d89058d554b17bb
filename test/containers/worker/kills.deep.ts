import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pMap from 'p-map';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { type Colour, look, plain } from '../../support/images/picture.ts';
import { CAN_SEE_PROCESSES, ended } from '../../support/processes.ts';
import { createRandom } from '../../support/random.ts';
import { ask, type Bench, depthOf, drained, request, startBench } from '../../support/worker/worker-bench.ts';
import { type Fleet, type FleetWorker, openFleet } from '../../support/worker/worker-fleet.ts';

const IMAGES = 300;
const KILLS = { worker: 3, process: 9 };
const SEED = Date.now() % 2 ** 31;

/** Long enough that there is work as long as there are kills; a plain colour stays what it is. */
const WORK = [
  { operation: 'resize', width: 450, height: 300 },
  { operation: 'median', size: 7 },
  { operation: 'resize', width: 30 },
];

const colourOf = (index: number): Colour => [index % 256, index < 256 ? 50 : 150, (index * 37) % 256, 255];

describe('two workers that are killed again and again', function () {
  this.timeout(180_000);
  const thumb = request('thumb', WORK);
  const random = createRandom(SEED);
  const workers: FleetWorker[] = [];
  const made: Rendition[] = [];
  let imageIds: string[];
  let bench: Bench;
  let queue: ProcessingQueue;
  let deadLetters: ProcessingQueue;
  let fleet: Fleet;

  before(async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    bench = await startBench();
    ({ queue, deadLetters } = await bench.openQueue());
    fleet = openFleet(bench, queue, { WORKER_PROCESSES: '2', WORKER_CONCURRENCY: '4' });
    const places = Array.from({ length: IMAGES }, (_, index) => index);
    imageIds = await pMap(places, (index) => send(colourOf(index)), { concurrency: 20 });
    for (const place of [0, 1]) workers[place] = await start(place);
    await killSome();
    // A killed worker's messages come back when their time is over.
    await drained(queue, (QUEUE_TIMING.visibilityTimeoutSeconds + 60) * 1000);
    for (const imageId of imageIds) made.push((await bench.rendition(imageId)) as Rendition);
  });
  after(async () => {
    await fleet?.stop();
    await bench?.stop();
  });

  async function send(colour: Colour): Promise<string> {
    const bytes = await plain(60, 40, colour).png().toBuffer();
    const imageId = await bench.store({ bytes, renditions: [thumb] });
    await ask(queue, imageId, [thumb]);
    return imageId;
  }

  const workDirectory = (place: number) => join(bench.folder, `work-of-${place}`);
  const start = (place: number) => fleet.start({ WORK_DIRECTORY: workDirectory(place) });

  async function killSome(): Promise<void> {
    const left = { ...KILLS };
    while (left.worker + left.process > 0) {
      await sleep(random(500, 1000));
      const what = random(1, left.worker + left.process) <= left.worker ? 'worker' : 'process';
      left[what] -= 1;
      const place = random(0, 1);
      const worker = workers[place] as FleetWorker;
      const children = worker.imageProcesses();
      if (what === 'process') {
        const victim = children[random(0, children.length - 1)];
        if (victim) process.kill(victim, 'SIGKILL');
        continue;
      }
      worker.child.kill('SIGKILL');
      expect(await worker.ended()).to.equal('SIGKILL');
      await ended(children);
      workers[place] = await start(place);
    }
  }

  it(`make every rendition in the end (seed ${SEED})`, () => {
    expect(made.map(({ status }) => status)).to.deep.equal(Array(IMAGES).fill('ready'));
    expect(Math.max(...made.map(({ attempts }) => attempts))).to.be.within(2, QUEUE_TIMING.maxAttempts);
  });

  it('store one whole object for each image, made from that image', async () => {
    for (const [index, imageId] of imageIds.entries()) {
      const { facts } = made[index] as Rendition;
      expect(await bench.renditionObjects(imageId), imageId).to.deep.equal([basename(facts?.key ?? '')]);
      const { body } = await bench.objects.get(facts?.key ?? '');
      const { width, height, at, pixels } = await look(Buffer.concat(await body.toArray()));
      expect([width, height, facts?.width, facts?.height]).to.deep.equal([30, 20, 30, 20]);
      expect(at(0, 0)).to.deep.equal(colourOf(index));
      expect(pixels.equals(Buffer.alloc(pixels.length, Buffer.from(colourOf(index))))).to.equal(true);
    }
  });

  it('leave no message, neither in the queue nor among the dead letters', async () => {
    for (const each of [queue, deadLetters]) expect(await depthOf(each)).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('leave no file in their work directories', async () => {
    for (const place of [0, 1]) expect(await readdir(join(workDirectory(place), 'fetched'))).to.deep.equal([]);
  });
});
