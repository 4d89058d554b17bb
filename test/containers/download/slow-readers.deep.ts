import type { Socket } from 'node:net';
import { expect } from 'chai';
import pMap from 'p-map';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http/http-client.ts';
import { openSlowReaders } from '../../support/http/slow-readers.ts';
import { paddedTo, photograph } from '../../support/images/photographs.ts';
import { CAN_SEE_PROCESSES, openFilesOf, residentBytes } from '../../support/processes.ts';
import { downloadsOf } from '../../support/services/downloads.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { settingsBeside } from '../../support/services/service-settings.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { type ServiceProcess, spawnService } from '../../support/worker/worker-process.ts';

const MIB = 1024 * 1024;

/** This is more than the kernel buffers for a client that does not read, about 4 MB. */
const bytes = Buffer.concat([...paddedTo(await photograph('jpeg'), 20 * MIB)]);

/** Other clients download this meanwhile. */
const others = Buffer.concat([...paddedTo(await photograph('jpeg', 60, 40), 2 * MIB)]);
const DOWNLOADS = 50;
const DISCONNECTS = 200;

/** So many clients take and free a gigabyte of the kernel's memory, within seconds. */
const SLOW_READERS = 500;
const OPENING_MS = 150_000;

/** The memory that each slow client may cost: one chunk read ahead, and one that its socket has not taken. */
const BYTES_EACH = 2 * 128 * 1024;

/** Other memory that the process may hold, also when all clients have gone: pools, and garbage between two collections. */
const KEPT_BYTES = 64 * MIB;

/** Kept connections to the table may be one more or one less. */
const KEPT_HANDLES = 4;

describe('Slow readers', function () {
  this.timeout(OPENING_MS + 60_000);
  let services: Services;
  let service: ServiceProcess;
  let base: string;
  let path: string;
  let pathOfParts: string;
  let pathOfOthers: string;
  let before_: { memory: number; handles: number };

  const pid = () => Number(service.child.pid);
  const handles = () => Object.keys(openFilesOf(pid())).length;
  /** The open descriptors of an object. */
  const openObjects = () => Object.values(openFilesOf(pid())).filter((file) => file.includes('/originals/')).length;
  const allClosed = () => eventually('all objects are closed', () => openObjects() === 0);

  const download = async () => {
    const { status, body } = await send(base, { path: pathOfOthers });
    expect(status).to.equal(200);
    expect(body.equals(others), `${body.length} bytes`).to.equal(true);
  };
  const downloadAll = () => pMap(Array(DOWNLOADS).fill(undefined), download, { concurrency: 5 });

  before(async function () {
    if (!CAN_SEE_PROCESSES) return this.skip();
    services = await startServices();
    path = (await downloadsOf(services).upload(bytes)).links.original;
    pathOfOthers = (await downloadsOf(services).upload(others)).links.original;
    const client = multipartClient(() => services.asyncUpload);
    const { upload, parts } = await client.uploaded([bytes.subarray(0, 8 * MIB), bytes.subarray(8 * MIB)], {});
    pathOfParts = (await client.completed(upload.uploadId, parts)).links.original;
    const settings = await settingsBeside(services);
    service = spawnService('download', settings);
    await service.listening();
    base = `http://127.0.0.1:${settings.PORT}`;
  });
  after(async () => {
    service?.child.kill('SIGKILL');
    await services?.stop();
  });

  it('do not delay others, however many they are, and cost no more than two chunks each', async () => {
    await downloadAll();
    before_ = { memory: residentBytes(pid()), handles: handles() };
    const readers = await openSlowReaders(SLOW_READERS, base, path);
    try {
      expect(openObjects()).to.equal(SLOW_READERS);
      expect(residentBytes(pid())).to.be.below(before_.memory + SLOW_READERS * BYTES_EACH + KEPT_BYTES);
      // This download ends while each slow client still has its object open.
      await downloadAll();
      expect(openObjects()).to.equal(SLOW_READERS);
    } finally {
      for (const reader of readers) reader.destroy();
    }
    await allClosed();
  });

  for (const [what, pathOf] of [
    ['an object', () => path],
    ['an object that came in parts', () => pathOfParts],
  ] as const) {
    it(`have their files closed at once when they disconnect in the middle of ${what}`, async () => {
      for (let left = DISCONNECTS; left > 0; left -= 50) {
        const readers: Socket[] = await openSlowReaders(50, base, pathOf());
        expect(openObjects()).to.equal(50);
        for (const reader of readers) reader.destroy();
        await allClosed();
      }
    });
  }

  it('leave memory and handles as they were before', async () => {
    // Garbage is only collected when the process is busy.
    await eventually(
      `${before_.memory / MIB} MiB and ${before_.handles} handles are what there is`,
      async () => {
        await downloadAll();
        return residentBytes(pid()) < before_.memory + KEPT_BYTES && handles() <= before_.handles + KEPT_HANDLES;
      },
      OPENING_MS / 2,
    );
  });
});
