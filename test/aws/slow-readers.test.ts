import { expect } from 'chai';
import pMap from 'p-map';
import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http/http-client.ts';
import { openSlowReaders } from '../support/http/slow-readers.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { CAN_SEE_PROCESSES, openFilesOf, residentBytes } from '../support/processes.ts';
import { downloadsOf } from '../support/services/downloads.ts';
import { settingsBeside } from '../support/services/service-settings.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { openAwsBucket } from '../support/storage/aws-endpoint.ts';
import { type ServiceProcess, spawnService } from '../support/worker/worker-process.ts';

const MIB = 1024 * 1024;

/** More bytes than the kernel buffers on both connections, so that the one to S3 stays open. */
const bytes = Buffer.concat([...paddedTo(await photograph('jpeg'), 12 * MIB)]);
const others = Buffer.concat([...paddedTo(await photograph('jpeg', 60, 40), 300_000)]);

/** More readers than the SDK's default number of connections to S3. moto holds the whole object for each. */
const SLOW_READERS = 270;
const DOWNLOADS = 20;

/** The memory that each reader may cost: chunks of 64 KiB on their way from one socket to the other. */
const BYTES_EACH = 600 * 1024;

/** Persistent connections to the table and to S3. */
const KEPT_HANDLES = 12;

describe('Slow readers of objects in S3', function () {
  this.timeout(120_000);
  let bucket: Awaited<ReturnType<typeof openAwsBucket>>;
  let services: Services;
  let service: ServiceProcess;
  let base: string;
  let path: string;
  let pathOfOthers: string;

  const pid = () => Number(service.child.pid);
  const handles = () => Object.keys(openFilesOf(pid())).length;
  const downloadAll = () =>
    pMap(
      Array(DOWNLOADS).fill(pathOfOthers),
      async (each: string) => {
        const { body } = await send(base, { path: each });
        expect(body.equals(others), `${body.length} bytes`).to.equal(true);
      },
      { concurrency: 5 },
    );

  before(async function () {
    if (!CAN_SEE_PROCESSES) return this.skip();
    bucket = await openAwsBucket();
    services = await startServices({ openObjects: async () => openS3ObjectStore(bucket.s3, bucket.bucket) });
    path = (await downloadsOf(services).upload(bytes)).links.original;
    pathOfOthers = (await downloadsOf(services).upload(others)).links.original;
    const settings = await settingsBeside(services);
    const store = {
      OBJECT_STORE_URL: `s3://${bucket.bucket}`,
      AWS_ENDPOINT_URL_S3: String(process.env.AWS_ENDPOINT_URL),
    };
    service = spawnService('download', { ...settings, ...store });
    await service.listening();
    base = `http://127.0.0.1:${settings.PORT}`;
  });
  after(async () => {
    service?.child.kill('SIGKILL');
    await services?.stop();
    await bucket?.close();
  });

  it('do not block other readers, and free their connections when they disconnect', async () => {
    await downloadAll();
    const before_ = { memory: residentBytes(pid()), handles: handles() };
    const readers = await openSlowReaders(SLOW_READERS, base, path);
    try {
      expect(handles()).to.be.at.least(before_.handles + 2 * SLOW_READERS - KEPT_HANDLES);
      // What was read to the end before is still to be collected.
      const most = before_.memory + SLOW_READERS * BYTES_EACH;
      await eventually('the memory is that of the readers', () => residentBytes(pid()) < most);
      // Reads to the end while the slow readers still have their connections.
      await downloadAll();
      expect(handles()).to.be.at.least(before_.handles + 2 * SLOW_READERS - KEPT_HANDLES);
    } finally {
      for (const reader of readers) reader.destroy();
    }
    await eventually('their connections to S3 are closed', () => handles() <= before_.handles + KEPT_HANDLES);
  });
});
