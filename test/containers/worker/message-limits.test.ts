import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { openJob, renderFailureOf } from '../../../containers/worker/pipeline/render-job.ts';
import { openWorkDirectory } from '../../../containers/worker/work-directory.ts';
import { createImageId, type ImageId } from '../../../shared/domain/image-id.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { queuedRendition } from '../../../shared/domain/rendition.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { eventually } from '../../support/eventually.ts';
import { photograph, quadrants } from '../../support/images/picture.ts';
import { CAN_SEE_PROCESSES, openFilesOf } from '../../support/processes.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { storedObject } from '../../support/storage/bodies.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { prepareImageJobs } from '../../support/worker/image-jobs.ts';
import { LIMITS_WITHOUT_BUDGET } from '../../support/worker/rendition-run.ts';
import type { Script } from '../../support/worker/scripted-image-process.ts';
import { type Bench, bodyOf, delivery, request, startBench } from '../../support/worker/worker-bench.ts';

const SCRIPT = fileURLToPath(new URL('../../support/worker/scripted-image-process.ts', import.meta.url));
const SECRET = 'what only the worker may read';

describe('limits of a message', function () {
  this.timeout(60_000);
  let bench: Bench;
  const thumb = request('thumb', [{ operation: 'resize', width: 20 }]);

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());

  const workLeft = () => readdir(join(bench.folder, 'work', 'fetched'));

  it('fails the remaining renditions with the message’s time limit when their shared time is over', async () => {
    const endless = request('endless', [{ operation: 'blur', sigma: 1000 }]);
    const small = request('small', [{ operation: 'resize', width: 10 }]);
    const bytes = await photograph(1600, 1200).jpeg().toBuffer();
    const imageId = await bench.store({ bytes, renditions: [thumb, endless, small] });
    const work = bench.process({ messageTimeoutSeconds: 3, limits: LIMITS_WITHOUT_BUDGET });
    await work(delivery(bodyOf(imageId, [thumb, endless, small])));
    expect((await bench.rendition(imageId, 'thumb'))?.status).to.equal('ready');
    for (const name of ['endless', 'small']) {
      const { status, failure } = (await bench.rendition(imageId, name)) ?? {};
      expect([status, failure?.code], name).to.deep.equal(['failed', 'processing_timeout']);
      expect(failure?.detail).to.match(/^All renditions of one request together may take 3 s\. Ask for fewer/);
    }
    expect(await workLeft()).to.deep.equal([]);
  });

  describe('for watermarks on the disk', () => {
    /** An image whose record tells of so many bytes; those of its object are few, or none. */
    async function watermark(contentLength: number, bytes?: Buffer): Promise<ImageId> {
      const imageId = createImageId();
      const facts = {
        contentType: 'image/png',
        contentLength,
        checksumSha256: storedObject(Buffer.from(imageId)).checksumSha256,
      };
      const record = {
        imageId,
        owner: 'local',
        status: 'stored',
        ...facts,
        createdAt: new Date().toISOString(),
      } as const;
      await createImage(bench.table, { record, renditions: [queuedRendition(thumb, new Date())] });
      const { objects } = bench;
      if (bytes) await objects.put(originalKey(imageId), Readable.from([bytes]), { contentType: 'image/png' });
      return imageId;
    }
    const laid = (name: string, ...ids: ImageId[]) =>
      request(
        name,
        ids.map((imageId) => ({ operation: 'watermark', imageId })),
      );

    async function outcomes(renditions: ReturnType<typeof laid>[]): Promise<[string, string | undefined][]> {
      const imageId = await bench.store({ bytes: await quadrants(40, 30).png().toBuffer(), renditions });
      const fetched: string[] = [];
      const objects = {
        ...bench.objects,
        copyTo: (...given: Parameters<typeof bench.objects.copyTo>) => {
          fetched.push(given[0]);
          return bench.objects.copyTo(...given);
        },
      };
      const ending = bench.process({ objects })(delivery(bodyOf(imageId, renditions)));
      await ending.catch(() => undefined);
      const made = await Promise.all(renditions.map(({ name }) => bench.rendition(imageId, name)));
      expect(await workLeft()).to.deep.equal([]);
      expect(fetched.length, 'objects fetched').to.equal(new Set(fetched).size);
      return made.map((each) => [String(each?.status), each?.failure?.code]);
    }

    it('refuse a watermark that is too large, and let renditions without one be made', async () => {
      const large = await watermark(LIMITS.watermarkBytes + 1);
      const renditions = [laid('a', large), thumb, laid('b', large)];
      const refused = ['failed', 'watermark_too_large'];
      expect(await outcomes(renditions)).to.deep.equal([refused, ['ready', undefined], refused]);
    });

    it('refuse watermarks that are too large together, counting each once', async () => {
      // Bytes after its end are ignored.
      const mark = Buffer.alloc(Math.floor(LIMITS.watermarksBytes / 3));
      (await quadrants(10, 10).png().toBuffer()).copy(mark);
      const ids = await Promise.all(Array.from({ length: 4 }, () => watermark(mark.length, mark)));
      const renditions = ids.map((imageId, place) => laid(`r${place}`, ids[0] as ImageId, imageId));
      const made = Array(3).fill(['ready', undefined]);
      expect(await outcomes(renditions)).to.deep.equal([...made, ['failed', 'watermark_too_large']]);
    });

    it('refuse a watermark with another length than its record says', async () => {
      const lying = await watermark(100, Buffer.alloc(200_000, 1));
      expect(await outcomes([laid('a', lying), thumb])).to.deep.equal([
        ['failed', 'object_damaged'],
        ['ready', undefined],
      ]);
    });
  });

  it('leave no file open when the store does not read it', async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    const imageId = await bench.store({ bytes: await quadrants(40, 30).png().toBuffer(), renditions: [thumb] });
    const put = () => Promise.reject(new Error('the store is away'));
    await rejectionOf(bench.process({ objects: { ...bench.objects, put } })(delivery(bodyOf(imageId, [thumb]))));
    const open = () =>
      Object.values(openFilesOf(process.pid)).filter((path) => path.startsWith(`${bench.folder}/work`));
    await eventually('the result is closed', () => open().length === 0);
  });

  describe('with a process that lies about the path of its result', () => {
    let folder: Awaited<ReturnType<typeof createTemporaryFolder>>;
    before(async () => {
      folder = await createTemporaryFolder();
      writeFileSync(join(folder.path, 'secret'), SECRET);
      linkSync(join(folder.path, 'secret'), join(folder.path, 'second'));
    });
    after(() => folder.remove());

    const leavings: Record<string, () => NonNullable<Script[string]['leaves']>> = {
      'a link to the environment of whoever opens it': () => ({ symbolicLink: '/proc/self/environ' }),
      'a link to a file': () => ({ symbolicLink: join(folder.path, 'secret') }),
      'a second name of a file': () => ({ hardLink: join(folder.path, 'second') }),
      'a device': () => ({ symbolicLink: '/dev/zero' }),
      'a folder': () => ({ folder: true }),
      'an empty file': () => ({ bytes: '' }),
      nothing: () => ({}),
    };
    for (const [what, leaves] of Object.entries(leavings)) {
      it(`store nothing when the path is ${what}`, async () => {
        const processes = openImageProcessPool({
          processes: 1,
          memoryBytes: 1024 ** 3,
          timeoutSeconds: 60,
          script: SCRIPT,
        });
        const script: Script = { 'render 0': { leaves: leaves() } };
        const imageId = await bench.store({ bytes: Buffer.from(JSON.stringify(script)), renditions: [thumb] });
        try {
          const end = await rejectionOf(bench.process({ processes })(delivery(bodyOf(imageId, [thumb]))));
          expect(end).to.have.property('code', 'processing_crashed');
        } finally {
          await processes.stop();
        }
        expect(await bench.renditionObjects(imageId)).to.deep.equal([]);
        expect(await workLeft()).to.deep.equal([]);
      });
    }
  });

  describe('with a full disk', () => {
    let folder: Awaited<ReturnType<typeof createTemporaryFolder>>;
    before(async () => {
      folder = await createTemporaryFolder();
    });
    after(() => folder.remove());

    it('let the message come again when a file cannot be written, and blame no image', async function () {
      if (process.platform !== 'linux') this.skip();
      const { quick } = await prepareImageJobs(folder.path);
      // Linux's own full disk.
      await symlink('/dev/full', join(quick.folder, '0'));
      const opened = await openJob(quick);
      expect(renderFailureOf(await rejectionOf(opened.render(0)))).to.include({
        code: 'processing_failed',
        retryable: true,
      });
    });

    for (const [when, filled] of Object.entries({ 'fetching its original': 0, 'making folders': 64 * 1024 })) {
      it(`lose nothing and count no attempt when ${when} fails`, async function () {
        const disk = join(folder.path, `disk-${filled}`);
        mkdirSync(disk);
        try {
          execFileSync('mount', ['-t', 'tmpfs', '-o', `size=256k,nr_inodes=5`, 'tmpfs', disk], { stdio: 'ignore' });
        } catch {
          this.skip();
        }
        try {
          const directory = await openWorkDirectory(disk);
          const bytes = filled === 0 ? randomBytes(512 * 1024) : await quadrants(4, 4).png().toBuffer();
          // tmpfs counts files and folders: of the five that it may have these are the third and the fourth, and the original is the last.
          if (filled > 0) for (const name of ['a', 'b']) writeFileSync(join(disk, name), '');
          const imageId = await bench.store({ bytes, renditions: [thumb] });
          await rejectionOf(bench.process({ directory })(delivery(bodyOf(imageId, [thumb]))));
          const { status, attempts } = (await bench.rendition(imageId)) ?? {};
          expect({ status, attempts }).to.deep.equal({ status: 'queued', attempts: 0 });
          expect(await readdir(join(disk, 'fetched'))).to.deep.equal([]);
        } finally {
          execFileSync('umount', [disk]);
        }
      });
    }
  });
});
