import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { type LocalStack, startStack } from '../../../scripts/local/stack.ts';
import type { SupervisedProcess } from '../../../scripts/local/supervised-process.ts';
import { eventually } from '../../support/eventually.ts';
import { jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { paddedTo, photograph } from '../../support/images/photographs.ts';
import { createTemporaryFolder } from '../../support/storage/temporary-folder.ts';

const FAULT = pathToFileURL(join(import.meta.dirname, '../../support/throw-on-signal.ts')).href;

/** More than the buffers of all sockets on its way hold. */
const ORIGINAL_BYTES = 48 * 1024 ** 2;

const NAMES = ['gateway', 'dynamodb', 'sqs', 'sync-upload', 'async-upload', 'download', 'worker'];

/** Those without which an answer cannot go on. */
const CARRIERS = ['gateway', 'download'];

describe('a supervised process of npm start', function () {
  this.timeout(120_000);
  let folder: { path: string; remove(): Promise<void> };
  let stack: LocalStack;
  let original: Buffer;
  let path: string;
  let log = '';

  before(async () => {
    Object.assign(process.env, LOCAL_CREDENTIALS);
    folder = await createTemporaryFolder();
    stack = await startStack({
      port: 0,
      folder: folder.path,
      logLevel: 'error',
      readLog: (_, lines) =>
        void lines.on('data', (text) => {
          log += text;
        }),
      nodeOptions: ['--import', FAULT],
    });
    original = Buffer.concat([...paddedTo(await photograph('jpeg'), ORIGINAL_BYTES)]);
    const stored = await send(stack.url, { method: 'POST', path: '/v1/images', body: original });
    path = jsonOf(stored).links.original;
  });
  after(async () => {
    await stack.stop();
    await folder.remove();
  });

  const find = (name: string): SupervisedProcess => {
    const found = stack.processes.find((each) => each.name === name);
    if (!found) throw new Error(`There is no ${name}.`);
    return found;
  };
  const pids = () => Object.fromEntries(stack.processes.map((each) => [each.name, each.pid()]));

  /** Everything works, from the upload to the rendition. */
  async function works(): Promise<void> {
    const jpeg = await photograph('jpeg', 300, 200);
    const answer = await eventually('an upload is taken', async () => {
      const tried = await send(stack.url, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg }).catch(
        () => undefined,
      );
      return tried?.status === 201 && tried;
    });
    const rendition = `${jsonOf(answer).links.self}/renditions/thumb`;
    await eventually(
      'its rendition is made',
      async () => (await send(stack.url, { path: rendition })).status === 200,
      60_000,
    );
  }

  it('is one of these', () => {
    expect(stack.processes.map(({ name }) => name)).to.have.members(NAMES);
  });

  for (const name of NAMES) {
    it(`starts ${name} again, and no other process ends with it`, async () => {
      const before = pids();
      const reader = await openSocket(stack.url);
      reader.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      await new Promise((resolve) => reader.once('readable', resolve));
      find(name).child().kill('SIGKILL');
      await eventually('another takes its place', () => pids()[name] !== before[name]);
      const read = await buffer(reader).catch(() => Buffer.alloc(0));
      if (!CARRIERS.includes(name)) expect(read.subarray(-original.length).equals(original)).to.equal(true);
      await works();
      expect({ ...pids(), [name]: 0 }).to.deep.equal({ ...before, [name]: 0 });
    });
  }

  it('finishes what is under way in a gateway after an uncaught error', async () => {
    const before = pids();
    const jpeg = await photograph('jpeg', 300, 200);
    const uploading = await openSocket(stack.url);
    uploading.write(`POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
    uploading.write(jpeg.subarray(0, 1000));
    // The bytes are on their way when it is told to fail.
    await send(stack.url, { path: '/v1/images' });
    find('gateway').child().kill('SIGUSR2');
    await eventually('it says so', () => /a fault of the gateway.*nobody caught an error/.test(log));
    uploading.write(jpeg.subarray(1000));
    expect((await buffer(uploading)).toString()).to.match(/^HTTP\/1\.1 201 /);
    await works();
    expect({ ...pids(), gateway: 0 }).to.deep.equal({ ...before, gateway: 0 });
  });
});
