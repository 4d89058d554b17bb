import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import sharp from 'sharp';
import { readOrCreateIssuer } from '../../scripts/local/data-folder/issuer.ts';
import { packageVersion } from '../../scripts/release/package-version.ts';
import { linkKeysOf } from '../../shared/http/signed-links.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem, jsonOf, openSocket, send } from '../support/http/http-client.ts';
import { linkTo, signedFor } from '../support/http/links.ts';
import { CAN_SEE_SOCKETS, listeningOf } from '../support/http/listening.ts';
import { heicOf } from '../support/images/heic-files.ts';
import { photograph } from '../support/images/photographs.ts';
import {
  descendants,
  isRunning,
  type StartProcess,
  spawnStart,
  spawnStartWhere,
  spawnStartWith,
} from '../support/services/start-process.ts';
import { spawnUpload } from '../support/services/upload-process.ts';
import { spawnVerify } from '../support/storage/verify-process.ts';

const FAULT = pathToFileURL(join(import.meta.dirname, '../support/throw-on-signal.ts')).href;

const run = promisify(execFile);

const hasCurl = (): boolean => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\n!!! curl is not installed: the commands that npm start prints are NOT tested !!!\n\n');
    return false;
  }
};

describe('npm start', function () {
  this.timeout(180_000);
  let folder: string;
  const started: StartProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-start-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const { child, ended } of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended();
    }
  });

  const start = (data: string, ...options: string[]): StartProcess => {
    const process = spawnStart('--port', '0', '--data', join(folder, data), ...options);
    started.push(process);
    return process;
  };

  /** Runs the commands that npm start prints, and returns the id of the image. */
  async function pasteCommands(
    stack: StartProcess,
    { count = 2, ...environment }: { count?: number; KEY?: string } = {},
  ): Promise<string> {
    const printed = stack
      .stdout()
      .split('\n')
      .filter((line) => /^\s+.*curl /.test(line));
    expect(printed).to.have.lengthOf(count);
    // A command may print its answer, which ends without a line break.
    const script = `${printed.join('\n')}\necho; echo $id`;
    const { stdout } = await run('bash', ['-c', script], { cwd: folder, env: { ...process.env, ...environment } });
    return stdout.trim().split('\n').at(-1) ?? '';
  }

  describe('with --allow-host, another origin and HEIC', () => {
    let stack: StartProcess;
    let url: string;
    before(async () => {
      const names = [
        '--allow-host',
        'images.test',
        '--allow-host',
        'box',
        '--cors',
        'https://app.example.com',
        '--heic',
      ];
      // As earlier versions have made them.
      await mkdir(join(folder, 'first/object-store/objects'), { recursive: true, mode: 0o755 });
      stack = spawnStart('--port', '0', '--data', join(folder, 'first'), ...names);
      url = await stack.ready();
    });
    after(async () => {
      stack.child.kill('SIGTERM');
      await stack.ended();
    });

    it('prints no error before it is ready', () => {
      const [before = ''] = stack.stdout().split('The image service is ready');
      expect(before + stack.stderr()).to.not.match(/disconnected|ECONNREFUSED|\berr:/);
    });

    it('prints commands that upload a photograph and download its rendition', async function () {
      if (!hasCurl()) this.skip();
      const imageId = await pasteCommands(stack);
      const record = jsonOf(await send(url, { path: `/v1/images/${imageId}` }));
      expect(record).to.include({ imageId, status: 'stored', contentType: 'image/jpeg' });
      const { format, width, height } = await sharp(await readFile(join(folder, 'thumb.webp'))).metadata();
      expect({ format, width, height }).to.deep.equal({ format: 'webp', width: 200, height: 200 });
      expect((await send(url, { path: '/docs' })).status).to.equal(200);
    });

    it('lets nobody but its user read what it keeps, also in folders that were readable', async () => {
      const kept = await readdir(join(folder, 'first'));
      expect(kept).to.include.members(['object-store', 'dynamodb', 'sqs', 'work']);
      for (const name of kept) expect((await stat(join(folder, 'first', name))).mode & 0o077, name).to.equal(0);
      const made = await readdir(join(folder, 'first/object-store/objects'), { recursive: true });
      const files = [...made.map((name) => `object-store/objects/${name}`), 'dynamodb/table.db', 'sqs/fauxqs.db'];
      expect(made).to.not.be.empty;
      for (const name of files) expect((await stat(join(folder, 'first', name))).mode & 0o077, name).to.equal(0);
    });

    it('tells the version of package.json, and no commit', async () => {
      const { service } = jsonOf(await send(url, { path: '/v1/limits' }));
      expect(service).to.deep.equal({ version: packageVersion() });
    });

    it('makes renditions of HEIC', async () => {
      const { acceptedMediaTypes } = jsonOf(await send(url, { path: '/v1/limits' }));
      expect(acceptedMediaTypes).to.include('image/heic');
      const body = heicOf(48, 32);
      const { imageId } = jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body }));
      const made = { path: `/v1/images/${imageId}/renditions/thumb`, headers: { prefer: 'wait=25' } };
      const { status, body: thumb } = await send(url, made);
      expect(status, String(thumb)).to.equal(200);
      expect((await sharp(thumb).metadata()).format).to.equal('webp');
    });

    it('answers to the allowed names and origins, and to no others', async () => {
      for (const host of ['images.test', 'box:8080', 'localhost'])
        expect((await send(url, { path: '/v1/images', headers: { host } })).status, host).to.equal(200);
      expectProblem(await send(url, { path: '/v1/images', headers: { host: 'attacker.example' } }), 'host_not_allowed');
      const post = async (origin: string) =>
        send(url, { method: 'POST', path: '/v1/images', headers: { origin }, body: await photograph('jpeg') });
      expect((await post('https://app.example.com')).status).to.equal(201);
      expect((await post(url)).status, 'its own documentation').to.equal(201);
      expectProblem(await post('https://attacker.example'), 'origin_not_allowed');
    });

    it('signs links with a key from its data folder', async () => {
      const { images } = jsonOf(await send(url, { path: '/v1/images' }));
      const path: string = images[0].links.original;
      const asked = { target: 'original' } as const;
      const link = await linkTo({ download: url }, images[0].imageId, asked, { origin: url });
      const [key] = linkKeysOf({ LINK_KEYS: (await readFile(join(folder, 'first/link-keys'), 'utf8')).trim() });
      if (!key) throw new Error('there is no key');
      for (const good of [link.url, signedFor(path, 60, key)])
        expect((await send(url, { path: good })).status).to.equal(200);
      expectProblem(await send(url, { path: signedFor(path, 60) }), 'link_invalid');
      expect(stack.stdout() + stack.stderr())
        .to.not.match(/signature=|[?&]keyId/)
        .and.not.include(key.secret);
    });

    it('refuses a second npm start on its data folder', async () => {
      const second = start('first');
      expect(await second.ended()).to.equal(1);
      expect(second.stderr()).to.match(/^The data folder \S+first is in use .*--data FOLDER\n$/);
      expect((await send(url, { path: '/v1/images' })).status).to.equal(200);
    });

    it('listens on loopback only, and ends at Ctrl-C with all its processes', async () => {
      const processes = descendants(stack.child.pid ?? 0);
      expect(processes.length).to.be.at.least(3);
      if (CAN_SEE_SOCKETS) {
        const listening = [stack.child.pid ?? 0, ...processes].flatMap(listeningOf);
        expect(listening.length, 'the gateway, the emulators and the services').to.be.at.least(6);
        expect(listening.filter(({ isLoopback }) => !isLoopback)).to.deep.equal([]);
      }
      stack.child.kill('SIGINT');
      expect(await stack.ended(20_000)).to.equal(0);
      expect(processes.filter(isRunning)).to.deep.equal([]);
    });
  });

  describe('with API_KEYS in its environment', () => {
    const KEY = 'the-key-of-a-test';
    const headers = { authorization: `Bearer ${KEY}` };
    let stack: StartProcess;
    let url: string;
    before(async () => {
      const API_KEYS = createHash('sha256').update(KEY).digest('hex');
      const settings = { API_KEYS, DEFAULT_VISIBILITY: 'public' };
      stack = spawnStartWhere(settings, '--port', '0', '--data', join(folder, 'keys'), '--log', 'warn');
      url = await stack.ready();
    });
    after(async () => {
      stack.child.kill('SIGTERM');
      await stack.ended();
    });

    it('says that it wants keys, and prints commands that send one', async function () {
      expect(stack.stdout()).to.match(/Callers need a key or a token/);
      if (!hasCurl()) this.skip();
      const imageId = await pasteCommands(stack, { KEY });
      const record = await send(url, { path: `/v1/images/${imageId}`, headers });
      expect(record.status, record.body.toString()).to.equal(200);
      expect((await sharp(await readFile(join(folder, 'thumb.webp'))).metadata()).format).to.equal('webp');
    });

    it('hands on who may see images whose upload does not say it', async () => {
      const body = await photograph('jpeg');
      const { visibility } = jsonOf(await send(url, { method: 'POST', path: '/v1/images', headers, body }));
      expect(visibility).to.equal('public');
    });

    it('refuses requests without a key', async () => {
      for (const [method, path] of [
        ['GET', '/v1/images'],
        ['POST', '/v1/images'],
        ['POST', '/v1/uploads'],
      ] as const)
        expectProblem(await send(url, { method, path }), 'unauthenticated');
    });

    it('tells the audit trail from which address a request came, whatever the request says of it', async () => {
      // All of 127.0.0.0/8 is this machine on Linux; elsewhere only the first of them.
      const from = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1';
      const answer = await send(url, {
        ...{ method: 'POST', path: '/v1/images', from },
        headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.2' },
      });
      expectProblem(answer, 'unauthenticated');
      const told = await eventually('the line of the audit trail', async () => {
        const file = join(folder, 'keys', 'audit.log');
        const lines = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').filter(Boolean) : [];
        return lines
          .map((line) => JSON.parse(line))
          .find(({ requestId }) => requestId === answer.headers['x-request-id']);
      });
      expect(told?.address).to.equal(from);
    });

    it('signs links to private images', async () => {
      const body = await photograph('jpeg');
      const asked = { method: 'POST', path: '/v1/images?visibility=private', headers, body };
      const { imageId, links } = jsonOf(await send(url, asked));
      expect((await send(url, { path: links.original })).status).to.equal(404);
      const link = await linkTo({ download: url }, imageId, { target: 'original' }, headers);
      expect((await send(url, { path: link.url })).body.equals(body)).to.equal(true);
    });

    it('accepts npm run upload with a key, and npm run verify', async () => {
      const photo = join(folder, 'photo.jpg');
      await writeFile(photo, await photograph('jpeg'));
      const key = { XDG_STATE_HOME: folder, IMAGE_SERVICE_API_KEY: KEY };
      const { status, stderr } = await spawnUpload(key, '--url', url, photo).ended;
      expect(status, stderr).to.equal(0);
      const state = ['--state', join(folder, 'verify-state'), '--grace', '0'];
      const verified = await spawnVerify({}, '--data', join(folder, 'keys'), ...state).finished;
      expect(verified.status, verified.stdout + verified.stderr).to.equal(0);
      expect(verified.stdout).to.match(/Looked at [1-9]\d* records/);
    });
  });

  it('prints a command that approves the image, where new ones wait for a decision', async function () {
    if (!hasCurl()) this.skip();
    const stack = spawnStartWhere({ MODERATION: 'public' }, '--port', '0', '--data', join(folder, 'waiting'));
    started.push(stack);
    const url = await stack.ready();
    const imageId = await pasteCommands(stack, { count: 3 });
    expect(jsonOf(await send(url, { path: `/v1/images/${imageId}` }))).to.include({ moderation: 'approved' });
    expect((await sharp(await readFile(join(folder, 'thumb.webp'))).metadata()).format).to.equal('webp');
  });

  it('refuses to start with AUTHENTICATION=api-keys and no digests', async () => {
    const process = spawnStartWhere({ AUTHENTICATION: 'api-keys', API_KEYS: '' }, '--data', join(folder, 'none'));
    started.push(process);
    expect(await process.ended()).to.equal(2);
    expect(process.stderr()).to.match(/^To ask for keys their digests must be in API_KEYS, .* npm run api-key .*\n$/);
  });

  it('does not open a folder that was used with --auth to everybody, unless AUTHENTICATION=off says so', async () => {
    const data = join(folder, 'tokens');
    await mkdir(data, { mode: 0o700 });
    await readOrCreateIssuer(data);
    const refused = start('tokens');
    expect(await refused.ended()).to.equal(1);
    expect(refused.stderr()).to.match(/was used with --auth.* private ones too\..* AUTHENTICATION=off npm start\.\n$/);
    expect(await readdir(data)).to.deep.equal(['issuer.json']);
    const opened = spawnStartWhere({ AUTHENTICATION: 'off' }, '--port', '0', '--data', data, '--log', 'warn');
    started.push(opened);
    expect((await send(await opened.ready(), { path: '/v1/images' })).status).to.equal(200);
    expect(opened.stderr()).to.match(
      /was used with --auth, and AUTHENTICATION=off opens it: everybody .* the owner local/,
    );
  });

  it('waits for running uploads and ends in order after an uncaught error', async () => {
    const process = spawnStartWith(
      ['--import', FAULT],
      '--port',
      '0',
      '--data',
      join(folder, 'fault'),
      '--log',
      'warn',
    );
    started.push(process);
    const url = await process.ready();
    const jpeg = await photograph('jpeg', 300, 200);
    const uploading = await openSocket(url);
    uploading.write(`POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
    uploading.write(jpeg.subarray(0, 1000));
    process.child.kill('SIGUSR2');
    await eventually('it says why it stops', () => process.stderr().includes('a fault of the gateway'));
    process.child.kill('SIGUSR2');
    uploading.write(jpeg.subarray(1000));
    expect((await buffer(uploading)).toString()).to.match(/^HTTP\/1\.1 201 /);
    expect(await process.ended(20_000)).to.equal(1);
    expect(process.stderr()).to.match(
      /Nobody caught an error; stopping: Error: a fault of the gateway\n +at .*throw-on-signal/,
    );
    const again = await start('fault', '--log', 'error').ready();
    expect(jsonOf(await send(again, { path: '/v1/images' })).images).to.have.length(1);
  });

  const cannot: Record<string, [options: () => Promise<string[]> | string[], sentence: RegExp]> = {
    'a port that is in use': [
      async () => {
        const server = createServer().listen(0, '127.0.0.1').unref();
        await once(server, 'listening');
        return ['--port', String((server.address() as AddressInfo).port)];
      },
      /^Port \d+ is in use\. Choose another: npm start -- --port \d+\n$/,
    ],
    'a data folder that is a file': [
      async () => {
        await writeFile(join(folder, 'file'), '');
        return ['--data', join(folder, 'file')];
      },
      /^The data folder \S+ cannot be written .*--data FOLDER\n$/,
    ],
    'a data folder below a file': [
      async () => {
        await writeFile(join(folder, 'file'), '');
        return ['--data', join(folder, 'file', 'below')];
      },
      /^The data folder \S+ cannot be written .*--data FOLDER\n$/,
    ],
  };
  for (const [name, [options, sentence]] of Object.entries(cannot)) {
    it(`says in one sentence what is wrong with ${name}`, async () => {
      const process = start('unused', ...(await options()));
      expect(await process.ended()).to.equal(1);
      expect(process.stderr()).to.match(sentence);
      expect(process.stdout()).to.equal('');
    });
  }
});
