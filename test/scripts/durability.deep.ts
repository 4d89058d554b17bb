import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { multipartClient } from '../support/services/multipart-client.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const START = fileURLToPath(new URL('../../scripts/start.ts', import.meta.url));

const CALLS = 'fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg';

const hasStrace = (): boolean => {
  if (spawnSync('strace', ['-V']).status === 0) return true;
  process.stderr.write('\n!!! strace is not installed: that answers wait for the disk is NOT tested !!!\n\n');
  return false;
};

/** The system calls of npm start, in order. */
type Calls = string[];

/** Makes one line for each finished call, with its arguments; strace prints a call in two parts where another comes between. */
function callsOf(trace: string): Calls {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(pid, rest.slice(0, -'<unfinished ...>'.length).trimEnd());
      return [];
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    return [resumed ? `${begun.get(pid)}${resumed[1]}` : rest];
  });
}

describe('npm start, before it answers,', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  beforeEach(async function () {
    if (!hasStrace()) this.skip();
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder?.remove());

  /** Runs npm start under strace, does something with it, and returns the system calls meanwhile. */
  async function traced(durability: string, use: (url: string) => Promise<void>): Promise<Calls> {
    const file = join(folder.path, `trace-${durability}`);
    const options = ['-f', '-y', '--seccomp-bpf', '-s', '200', '-e', `trace=${CALLS}`, '-o', file];
    const start = [START, '--port', '0', '--data', join(folder.path, durability), '--log', 'silent'];
    const child = spawn('strace', [...options, process.execPath, ...start, '--durability', durability], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    const ended = once(child, 'exit');
    try {
      await eventually('it is ready', () => /ready at (\S+)/.test(printed), 60_000);
      await use(/ready at (\S+)/.exec(printed)?.[1] ?? '');
    } finally {
      process.kill(-Number(child.pid), 'SIGINT');
      await ended;
    }
    return callsOf(await readFile(file, 'utf8'));
  }

  /** The positions of matching calls, each after the one before. */
  function inOrder(calls: Calls, ...wanted: RegExp[]): number[] {
    let from = -1;
    return wanted.map((each) => {
      from = calls.findIndex((call, index) => index > from && each.test(call));
      expect(from, `${each} comes in its turn`).to.be.at.least(0);
      return from;
    });
  }

  it('flushes to disk an upload with its record and its message, an upload in parts, and a delete', async () => {
    const jpeg = await photograph('jpeg', 300, 200);
    let imageId = '';
    let inParts = '';
    let uploadId = '';
    const calls = await traced('fsync', async (url) => {
      imageId = jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg })).imageId;
      const client = multipartClient(() => url);
      const upload = await client.begin({ contentLength: jpeg.length });
      ({ uploadId, imageId: inParts } = upload);
      const put = await client.put(uploadId, 1, jpeg);
      await client.complete(uploadId, [{ partNumber: 1, eTag: String(put.headers.etag) }]);
      await send(url, { method: 'DELETE', path: `/v1/images/${imageId}` });
    });
    const [, renamed = ''] = calls.join('\n').match(/rename\w*\("\S*incoming\/(\S+)", "\S*originals/) ?? [];
    inOrder(
      calls,
      new RegExp(`f(data)?sync\\(\\d+<\\S+/incoming/${renamed}>\\) += 0`),
      new RegExp(`rename\\w*\\(.*${renamed}.*originals/${imageId}".*= 0`),
      /fsync\(\d+<\S+\/objects\/originals>\) += 0/,
      /f(data)?sync\(\d+<\S+\/sqs\/fauxqs\.db-wal>\) += 0/,
      /f(data)?sync\(\d+<\S+\/dynamodb\/table\.db-wal>\) += 0/,
      /HTTP\/1.1 201 .*/,
    );
    // The upload's folder is flushed before the upload is announced, the part before its ETag, and the whole object before the image.
    inOrder(
      calls,
      /fsync\(\d+<\S+\/uploads>\) += 0/,
      /rename\w*\(.*incoming\/.*\/00001".*= 0/,
      /fsync\(\d+<\S+\/uploads\/\S+>\) += 0/,
      /fsync\(\d+<\S+\/incoming\/\S+>\) += 0/,
      new RegExp(`rename\\w*\\(.*originals/${inParts}.parts".*= 0`),
      /fsync\(\d+<\S+\/objects\/originals>\) += 0/,
      /f(data)?sync\(\d+<\S+\/dynamodb\/table\.db-wal>\) += 0/,
    );
  });

  it('does not wait for the disk with --durability os', async () => {
    const jpeg = await photograph('jpeg', 300, 200);
    const calls = await traced('os', async (url) => {
      for (let uploads = 0; uploads < 3; uploads += 1)
        expect((await send(url, { method: 'POST', path: '/v1/images', body: jpeg })).status).to.equal(201);
    });
    expect(calls.filter((call) => /sync\(.*(object-store|incoming)/.test(call))).to.deep.equal([]);
  });
});
