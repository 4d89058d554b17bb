import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Consumers, startConsumers } from '../../containers/worker/consumers.ts';
import { openMessageMetrics } from '../../containers/worker/metrics/message-metrics.ts';
import { processMessage } from '../../containers/worker/process-message.ts';
import { openProcessing } from '../../containers/worker/service.ts';
import { protectTask } from '../../containers/worker/task-protection.ts';
import { openWorkDirectory } from '../../containers/worker/work-directory.ts';
import {
  type AwsCall,
  callsOf,
  type Operation,
  REQUESTS_PER_OPERATION,
} from '../../scripts/cost/model/requests-per-operation.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { Receipt } from '../../shared/domain/receipt.ts';
import { otherRequests } from '../../shared/runtime/aws-requests.ts';
import { createS3Client } from '../../shared/runtime/clients.ts';
import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { readStoredImage } from '../../shared/storage/table/image-table.ts';
import { eventually } from '../support/eventually.ts';
import { startCloudFront } from '../support/http/cloud-front.ts';
import { type CountingProxy, startCountingProxy, sumOfCounts } from '../support/http/counting-proxy.ts';
import { jsonOf, type Outgoing, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { logInto, type Services, startServices } from '../support/services/services.ts';
import { openAwsBucket } from '../support/storage/aws-endpoint.ts';
import { type EmbeddedRecord, readEmbeddedRecord } from '../support/worker/embedded-metric-format.ts';
import { WORKER_CONFIG } from '../support/worker/worker-bench.ts';

const RENDITIONS = ['thumb', 'small', 'medium'];
const SHAPE = { renditions: RENDITIONS.length, parts: 2 };
const LATER = { name: 'later', commands: [{ operation: 'resize', width: 20 }], output: { format: 'png' } };

const jpeg = await photograph('jpeg', 400, 300);
const first = Buffer.alloc(LIMITS.minPartBytes, 'x');
jpeg.copy(first);
const PARTS = [first, Buffer.from('the end')];

/** The service reads an upload's record once a second at most, however many parts come; the table counts what no cache answers. */
const notCached = () => sleep(1100);

type Counts = Record<string, number>;

/** What the model's table says of an operation. */
function expectedOf(operation: Operation, shape: typeof SHAPE): Counts {
  const calls: readonly AwsCall[] = REQUESTS_PER_OPERATION[operation];
  return sumOfCounts(...calls.map((call) => ({ [call.api]: callsOf(call, shape) })));
}

/** The services and a worker, with a proxy that counts before each of AWS's that they ask. */
describe('requests to AWS in each operation', () => {
  const proxies: CountingProxy[] = [];
  const records: EmbeddedRecord[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  let services: Services;
  let consumers: Consumers;
  let receives = 0;
  const othersBefore = otherRequests.counts().requests.ReceiveMessage ?? 0;
  /** The worker begins no message before it is open. */
  let gate = Promise.withResolvers<void>();
  const client = multipartClient(() => services.asyncUpload);

  const proxyBefore = async (endpoint: string): Promise<string> => {
    const proxy = await startCountingProxy(endpoint);
    proxies.push(proxy);
    closing.unshift(() => proxy.stop());
    return proxy.url;
  };
  before(async () => {
    const { bucket, close } = await openAwsBucket();
    const cloudFront = await startCloudFront();
    closing.push(close, () => cloudFront.stop());
    const s3 = await createS3Client({
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: await proxyBefore(String(process.env.AWS_ENDPOINT_URL)),
    });
    services = await startServices({
      openObjects: async () => openS3ObjectStore(s3, bucket),
      endpoint: proxyBefore,
      cloudFrontEndpoint: await proxyBefore(cloudFront.url),
    });
    // async-upload looks for what is old when it starts; that is no part of an operation.
    await eventually('the sweep at the start', () => (take().ListObjectsV2 ?? 0) > 0);
    const folder = await mkdtemp(join(tmpdir(), 'requests-'));
    const processing = openProcessing(WORKER_CONFIG, {
      objects: services.objects,
      table: services.table,
      directory: await openWorkDirectory(folder),
      metrics: openMessageMetrics({ METRICS: 'emf' }, (line) => records.push(readEmbeddedRecord(line))),
      logger: logInto(services.logs, 'worker'),
    });
    const handle = processMessage(processing);
    consumers = startConsumers({
      queue: services.queue,
      concurrency: 1,
      process: (delivery) => gate.promise.then(() => handle(delivery)),
      protection: protectTask(undefined, processing.logger),
      logger: processing.logger,
    });
    closing.unshift(
      () => processing.processes.stop(),
      () => services.stop(),
      () => rm(folder, { recursive: true, force: true }),
    );
  });
  after(async () => {
    for (const close of closing) await close();
  });

  /** What was asked for since the last time. Receives are left out: the worker waits for messages all the time. */
  function take(): Counts {
    const { ReceiveMessage = 0, ...asked } = sumOfCounts(...proxies.map((proxy) => proxy.take()));
    receives += ReceiveMessage;
    return asked;
  }
  const call = (base: string, outgoing: Outgoing, status: number) =>
    send(base, outgoing).then((answer) => {
      expect(answer.status, answer.body.toString('latin1', 0, 500)).to.equal(status);
      return answer;
    });
  const query = RENDITIONS.map((name) => `rendition=${name}`).join('&');
  const upload = async (visibility: Visibility = 'public') => {
    const path = `/v1/images?visibility=${visibility}&${query}`;
    return jsonOf(await call(services.upload, { method: 'POST', path, body: jpeg }, 201));
  };
  const receiptsOf = async (imageId: string): Promise<Receipt[]> => {
    const { renditions } = await readStoredImage(services.table, imageId, { consistent: true });
    return renditions.flatMap(({ receipt }) => receipt ?? []);
  };

  /** Lets the worker do as many messages as are queued, and tells what was asked for them. */
  async function work(messages: number): Promise<Counts> {
    const before = records.length;
    take();
    gate.resolve();
    await eventually('the messages are done', () => records.length === before + messages, 60_000);
    gate = Promise.withResolvers<void>();
    const received = records.slice(before).map(({ requests }) => (requests as Counts).ReceiveMessage ?? 0);
    return { ...take(), ReceiveMessage: received.reduce((sum, count) => sum + count) };
  }

  async function made(visibility?: Visibility) {
    const image = await upload(visibility);
    await work(1);
    return image;
  }

  /** What is asked for in each operation, after what must have been before. Notices to a webhook: test/scripts/cost/model/access-calls.test.ts. */
  const CASES: Record<Exclude<Operation, 'tellModerator'>, () => Promise<Counts>> = {
    async uploadImage() {
      take();
      await upload();
      const asked = take();
      await work(1);
      return asked;
    },
    async createUpload() {
      take();
      await client.begin({ renditions: RENDITIONS });
      return take();
    },
    async uploadParts() {
      const { uploadId } = await client.begin();
      take();
      for (const [index, part] of PARTS.entries()) {
        await client.part(uploadId, index + 1, part);
        await notCached();
      }
      return take();
    },
    async completeUpload() {
      const { upload: begun, parts } = await client.uploaded(PARTS, { renditions: RENDITIONS });
      take();
      await client.completed(begun.uploadId, parts);
      const asked = take();
      await work(1);
      return asked;
    },
    async processUpload() {
      await upload();
      return await work(1);
    },
    async requestRendition() {
      const { links } = await made();
      take();
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ renditions: [LATER] });
      await call(services.upload, { method: 'POST', path: `${links.self}/renditions`, headers, body }, 202);
      const asked = take();
      await work(1);
      return asked;
    },
    async processRendition() {
      const { links } = await made();
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ renditions: [LATER] });
      await call(services.upload, { method: 'POST', path: `${links.self}/renditions`, headers, body }, 202);
      return await work(1);
    },
    async findExpiredRendition() {
      const { imageId, links } = await made();
      const { renditions } = await readStoredImage(services.table, imageId, { consistent: true });
      await services.objects.delete(String(renditions[0]?.facts?.key));
      take();
      await call(services.download, { path: `${links.self}/renditions/thumb` }, 202);
      const asked = take();
      await work(1);
      return asked;
    },
    async readBytes() {
      const { links } = await made();
      take();
      await call(services.download, { path: `${links.self}/renditions/thumb` }, 200);
      return take();
    },
    async readNotModified() {
      const { links, checksumSha256 } = await made();
      const eTag = `"${Buffer.from(checksumSha256, 'base64').toString('hex')}"`;
      take();
      await call(services.download, { path: links.original, headers: { 'if-none-match': eTag } }, 304);
      return take();
    },
    async readRecord() {
      const { links } = await upload();
      take();
      await call(services.download, { path: links.self }, 200);
      const asked = take();
      await work(1);
      return asked;
    },
    async listImages() {
      take();
      await call(services.download, { path: '/v1/images' }, 200);
      return take();
    },
    async changeImage() {
      const { links } = await made('private');
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ visibility: 'public' });
      take();
      await call(services.upload, { method: 'PATCH', path: links.self, headers, body }, 200);
      return take();
    },
    async moderateImage() {
      const { links } = await made('private');
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ decision: 'approved' });
      take();
      await call(services.upload, { method: 'PUT', path: `${links.self}/moderation`, headers, body }, 200);
      return take();
    },
    async deleteImage() {
      const { links } = await made('private');
      take();
      await call(services.upload, { method: 'DELETE', path: links.self }, 204);
      return take();
    },
    async deleteCachedImage() {
      const { links } = await made();
      take();
      await call(services.upload, { method: 'DELETE', path: links.self }, 202);
      return take();
    },
  };

  for (const operation of Object.keys(CASES) as (keyof typeof CASES)[]) {
    it(`are those that the cost model counts with: ${operation}`, async () => {
      const { renditions } = operation === 'processRendition' ? { renditions: 1 } : SHAPE;
      expect(await CASES[operation]()).to.deep.equal(expectedOf(operation, { ...SHAPE, renditions }));
    });
  }

  it('of a worker are those in the record of its message, and divided among the receipts of its renditions', async () => {
    const { imageId } = await upload();
    const asked = await work(1);
    expect(records.at(-1)?.requests).to.deep.equal(asked);
    const receipts = await receiptsOf(imageId);
    const sum = (name: 'puts' | 'gets' | 'sqs') => receipts.reduce((total, receipt) => total + receipt[name], 0);
    expect(receipts).to.have.length(RENDITIONS.length);
    expect(sum('puts')).to.equal(asked.PutObject);
    expect(sum('gets')).to.be.closeTo(Number(asked.GetObject), 0.002);
    expect(sum('sqs')).to.be.closeTo(Number(asked.ReceiveMessage) + Number(asked.DeleteMessage), 0.002);
  });

  it('of a worker to receive are those in its records, and others that brought nothing', async () => {
    await consumers.drain(1);
    take();
    const others = (otherRequests.counts().requests.ReceiveMessage ?? 0) - othersBefore;
    const ofMessages = records.map(({ requests }) => (requests as Counts).ReceiveMessage ?? 0);
    expect(ofMessages.reduce((sum, count) => sum + count, others)).to.equal(receives);
  });
});
