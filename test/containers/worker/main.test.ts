import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { type Environment, SERVICE_ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { photograph } from '../../support/images/picture.ts';
import { ask, type Bench, depthOf, drained, request, startBench } from '../../support/worker/worker-bench.ts';
import { spawnWorker, type WorkerProcess } from '../../support/worker/worker-process.ts';

describe('the worker’s main', () => {
  let bench: Bench;
  let queue: ProcessingQueue;
  const running: WorkerProcess[] = [];

  before(async () => {
    bench = await startBench();
  });
  beforeEach(async () => ({ queue } = await bench.openQueue()));
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended();
    }
  });
  after(() => bench.stop());

  /** The environment that the contract gives a worker, and nothing else. */
  async function environment(): Promise<Record<string, string>> {
    const settings: Partial<Record<keyof Environment, string>> = {
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      AUTHENTICATION: 'off',
      AWS_REGION: LOCAL_REGION,
      AWS_ENDPOINT_URL_DYNAMODB: bench.endpoints.dynamoDb,
      AWS_ENDPOINT_URL_SQS: bench.endpoints.sqs,
      IMAGE_TABLE_NAME: bench.table.tableName,
      PROCESSING_QUEUE_URL: queue.queueUrl,
      OBJECT_STORE_URL: pathToFileURL(join(bench.folder, 'objects')).href,
      WORKER_CONCURRENCY: '1',
      WORK_DIRECTORY: join(bench.folder, 'work-of-main'),
    };
    expect(Object.keys(settings).filter((name) => !SERVICE_ENVIRONMENT.worker.includes(name as 'HOST'))).to.deep.equal(
      [],
    );
    return { ...settings, ...LOCAL_CREDENTIALS };
  }

  function launch(env: Record<string, string>): WorkerProcess {
    const worker = spawnWorker(env);
    running.push(worker);
    return worker;
  }

  async function start(): Promise<WorkerProcess> {
    const worker = launch(await environment());
    await worker.listening();
    return worker;
  }

  it('answers that it is alive and ready, makes a rendition, and ends at SIGTERM before its long poll does', async () => {
    const worker = await start();
    expect(await worker.get('/health')).to.deep.equal({ status: 200, body: { status: 'ok' } });
    expect(await worker.get('/ready')).to.deep.equal({ status: 200, body: { status: 'ready' } });
    expect(await worker.get('/v1/images')).to.have.property('status', 404);
    const thumb = request('thumb', [{ operation: 'resize', width: 30 }], { format: 'avif' });
    const imageId = await bench.store({ bytes: await photograph(60, 40).jpeg().toBuffer(), renditions: [thumb] });
    await ask(queue, imageId, [thumb]);
    await drained(queue);
    expect((await bench.rendition(imageId))?.facts).to.include({ contentType: 'image/avif', width: 30, height: 20 });
    worker.child.kill('SIGTERM');
    expect(await worker.ended(QUEUE_TIMING.waitTimeSeconds * 1000)).to.equal(0);
    expect(worker.stderr()).to.equal('');
  });

  it('tells at its health check which release and commit runs', async () => {
    const running = { version: '1.2.3', revision: 'ab'.repeat(20) };
    const settings = { IMAGE_SERVICE_VERSION: running.version, IMAGE_SERVICE_REVISION: running.revision };
    const worker = launch({ ...(await environment()), ...settings });
    await worker.listening();
    expect(await worker.get('/health')).to.deep.equal({ status: 200, body: { status: 'ok', ...running } });
  });

  it('finishes the message in hand after SIGTERM and leaves the next', async () => {
    const worker = await start();
    // Seconds of work: one that is done before the signal comes would make room for the next.
    const slow = request('slow', Array(6).fill({ operation: 'blur', sigma: 40 }), { format: 'jpeg' });
    const bytes = await photograph(1600, 1200).jpeg().toBuffer();
    const [first, second] = [
      await bench.store({ bytes, renditions: [slow] }),
      await bench.store({ bytes, renditions: [slow] }),
    ];
    await ask(queue, first, [slow]);
    await eventually('the work begins', async () => (await bench.rendition(first, 'slow'))?.status === 'processing');
    await ask(queue, second, [slow]);
    worker.child.kill('SIGTERM');
    expect(await worker.ended()).to.equal(0);
    expect((await bench.rendition(first, 'slow'))?.status).to.equal('ready');
    expect((await bench.rendition(second, 'slow'))?.status).to.equal('queued');
    expect(await depthOf(queue)).to.deep.equal({ waiting: 1, held: 0 });
  });

  it('ends at once when the process that started it is gone', async () => {
    const worker = await start();
    worker.child.disconnect();
    expect(await worker.ended()).to.equal('SIGKILL');
  });

  it('is alive but not ready when the queue is gone', async () => {
    const worker = await start();
    await queue.sqs.send(new DeleteQueueCommand({ QueueUrl: queue.queueUrl }));
    const { status, body } = await worker.get('/ready');
    expect([status, body.code]).to.deep.equal([503, 'service_unavailable']);
    expect(await worker.get('/health')).to.have.property('status', 200);
    worker.child.kill('SIGTERM');
    expect(await worker.ended()).to.equal(0);
  });

  it('is alive but not ready when nothing answers where the queue was', async () => {
    const env = await environment();
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const worker = launch({
      ...env,
      AWS_ENDPOINT_URL_SQS: nowhere,
      PROCESSING_QUEUE_URL: `${nowhere}/000000000000/gone`,
    });
    await worker.listening();
    const { status, body } = await worker.get('/ready');
    expect([status, body.code]).to.deep.equal([503, 'service_unavailable']);
    worker.child.kill('SIGTERM');
    expect(await worker.ended()).to.equal(0);
  });

  it('names every setting that is missing or wrong and exits with 1', async () => {
    const worker = launch({ WORKER_CONCURRENCY: 'many' });
    expect(await worker.ended()).to.equal(1);
    const required = [
      'HOST',
      'PORT',
      'AUTHENTICATION',
      'AWS_REGION',
      'IMAGE_TABLE_NAME',
      'PROCESSING_QUEUE_URL',
      'OBJECT_STORE_URL',
    ];
    for (const name of [...required, 'WORKER_CONCURRENCY'])
      expect(worker.stderr()).to.match(new RegExp(`^ +${name} `, 'm'));
    expect(worker.stderr()).to.not.match(/^ +at /m);
  });

  it('names the port that is in use and exits with 1', async () => {
    const env = await environment();
    await launch(env).listening();
    const second = launch({ ...env, WORK_DIRECTORY: `${env.WORK_DIRECTORY}-2` });
    expect(await second.ended()).to.equal(1);
    expect(second.stderr()).to.include(`port ${env.PORT} is in use`);
  });
});
