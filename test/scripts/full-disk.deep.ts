import { spawnSync } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../scripts/local/emulators/emulators.ts';
import { type LocalStack, startStack } from '../../scripts/local/stack.ts';
import { eventually } from '../support/eventually.ts';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const MiB = 1024 ** 2;
const DISK = 200 * MiB;

const mount = (...args: string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;

/** How often the disk is filled, both by the service itself and by other programs. */
const TIMES = 3;

describe('npm start on a full disk', function () {
  this.timeout(240_000);
  let folder: TemporaryFolder;
  let disk: string;
  let stack: LocalStack;
  const log: string[] = [];
  let original: Buffer;
  /** All images that were answered with 201 and not deleted. */
  const kept = new Map<string, { original: string; self: string }>();

  before(async function () {
    folder = await createTemporaryFolder();
    disk = folder.path;
    if (!mount('-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk)) {
      process.stderr.write('\n!!! No disk can be mounted here: what a full one does is NOT tested !!!\n\n');
      this.skip();
    }
    original = Buffer.concat([...paddedTo(await photograph('jpeg', 300, 200), 4 * MiB)]);
    Object.assign(process.env, LOCAL_CREDENTIALS);
    stack = await startStack({
      port: 0,
      folder: join(disk, 'data'),
      logLevel: 'warn',
      readLog: (_, lines) => void lines.on('data', (text) => log.push(...String(text).split('\n').filter(Boolean))),
    });
  });
  after(async () => {
    await stack?.stop();
    spawnSync('umount', ['-l', disk]);
    await folder?.remove();
  });

  const free = async () => {
    const { bavail, bsize } = await statfs(disk);
    return bavail * bsize;
  };
  const upload = async (body = original): Promise<Answered> => {
    const answer = await send(stack.url, { method: 'POST', path: '/v1/images?rendition=thumb', body });
    if (answer.status === 201) kept.set(jsonOf(answer).imageId, jsonOf(answer).links);
    return answer;
  };
  const expectAllThere = async () => {
    for (const links of kept.values()) {
      const read = await send(stack.url, { path: links.original });
      expect([read.status, read.body.equals(original)], links.original).to.deep.equal([200, true]);
    }
  };
  const remove = async (imageId: string) => {
    const answer = await send(stack.url, { method: 'DELETE', path: `/v1/images/${imageId}` });
    expect(answer.status, answer.body.toString()).to.equal(204);
    kept.delete(imageId);
  };
  const isReady = async (self: string) => (await send(stack.url, { path: `${self}/renditions/thumb` })).status === 200;
  const pids = () => stack.processes.map((each) => each.pid());

  it('keeps a reserve for finishing renditions and deleting images, and accepts uploads again once there is room', async () => {
    const before = pids();
    for (let time = 0; time < TIMES; time += 1) {
      // Begun while there is room: renditions that are finished meanwhile take from the reserve, and then nothing new can begin.
      const client = multipartClient(() => stack.url);
      const { uploadId } = await client.begin({ contentLength: original.length });
      let refused: Answered;
      do refused = await upload();
      while (refused.status === 201);
      expectProblem(refused, 'storage_full');
      expect(refused.status).to.equal(507);
      expect(Number(refused.headers['retry-after'])).to.be.above(0);
      expect(await free()).to.be.above(DISK * 0.04);
      expectProblem(await client.put(uploadId, 1, original), 'storage_full');
      expect((await client.abort(uploadId)).status).to.equal(204);
      await expectAllThere();
      for (const links of kept.values()) await eventually('renditions are finished', () => isReady(links.self), 60_000);
      for (const imageId of [...kept.keys()].slice(0, 3)) await remove(imageId);
      expect((await upload()).status).to.equal(201);
    }
    expect(pids()).to.deep.equal(before);
  });

  it('ends a running upload of unknown length, and leaves nothing of it', async () => {
    for (const imageId of [...kept.keys()].slice(0, -2)) await remove(imageId);
    const large = async function* () {
      yield await photograph('jpeg', 300, 200);
      for (let sent = 0; sent < DISK; sent += MiB) {
        yield Buffer.alloc(MiB);
        await sleep(5);
      }
    };
    const answer = await fetch(`${stack.url}/v1/images`, {
      method: 'POST',
      body: ReadableStream.from(large()),
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    // A request may have up to 100 MiB, so either limit may end it.
    if (answer) expect(answer.status).to.be.oneOf([507, 413]);
    await eventually('what came of it is gone', async () => (await free()) > DISK * 0.5);
    await expectAllThere();
  });

  it('serves reads when others have filled the disk to the last byte, and recovers without a restart once there is room', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const ballast = join(disk, 'ballast');
      const file = await open(ballast, 'w');
      for (const piece of [MiB, 4096]) {
        const bytes = Buffer.alloc(piece);
        while (
          await file.write(bytes).then(
            ({ bytesWritten }) => bytesWritten === piece,
            () => false,
          )
        );
      }
      await file.close();
      expect(await free()).to.be.below(8192);
      for (let tried = 0; tried < 10; tried += 1) {
        const refused = await upload();
        expect(refused.status, refused.body.toString()).to.be.oneOf([503, 507]);
      }
      await expectAllThere();
      expect((await send(stack.url, { path: '/v1/images' })).status).to.equal(200);
      await rm(ballast);
      await eventually('an upload is taken', async () => (await upload()).status === 201, 60_000);
      const links = [...kept.values()].at(-1);
      await eventually('and its rendition made', () => isReady(String(links?.self)), 90_000);
      await expectAllThere();
      await remove([...kept.keys()][0] ?? '');
    }
    expect(log.filter((line) => /uncaught|nobody caught/i.test(line))).to.deep.equal([]);
  });
});
