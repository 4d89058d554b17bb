import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LIMITS } from '../../shared/domain/limits.ts';
import { MiB } from '../support/bodies.ts';
import { drawing, drawingOf } from '../support/drawings.ts';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http-client.ts';
import { paddedTo, photograph } from '../support/photographs.ts';
import { type Services, startServices } from '../support/services.ts';
import { spawnUpload, type UploadProcess } from '../support/upload-process.ts';
import { type Exchange, startWatchedProxy, type WatchedProxy } from '../support/watched-proxy.ts';

type Request = Pick<Exchange, 'method' | 'path'>;

const isPart = ({ method, path }: Request): boolean => method === 'PUT' && /\/parts\/\d+$/.test(path);
const isCreate = ({ method, path }: Request): boolean => method === 'POST' && path === '/v1/uploads';
const isComplete = ({ path }: Request): boolean => path.endsWith('/complete');
const isSync = ({ method, path }: Request): boolean => method === 'POST' && path === '/v1/images';
const partNumber = ({ path }: Request): number => Number(path.split('/').at(-1));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

describe('npm run upload', function () {
  this.timeout(90_000);
  let services: Services;
  let proxy: WatchedProxy;
  let folder: string;
  let small: Buffer;
  const running: UploadProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-upload-'));
    services = await startServices();
    proxy = await startWatchedProxy(services);
    small = await photograph('jpeg', 100, 100);
  });
  after(async () => {
    await proxy.stop();
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    proxy.exchanges.length = 0;
    proxy.before = () => 'pass';
    proxy.after = () => 'pass';
  });
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
    await rm(join(folder, 'image-service'), { recursive: true, force: true });
  });

  /** A photograph of that many bytes, in a file. */
  const file = async (name: string, length = small.length): Promise<{ path: string; bytes: Buffer }> => {
    const bytes = Buffer.concat([...paddedTo(small, length)]);
    await writeFile(join(folder, name), bytes);
    return { path: join(folder, name), bytes };
  };
  const start = (...args: string[]): UploadProcess => {
    const process = spawnUpload({ XDG_STATE_HOME: folder }, '--url', proxy.url, ...args);
    running.push(process);
    return process;
  };
  /** Runs it to its end, which must be a good one, and answers the records. */
  const upload = async (...args: string[]) => {
    const { status, stdout, stderr } = await start('--json', ...args).ended;
    expect(status, stderr).to.equal(0);
    expect(await stateFiles(), 'state that is left').to.deep.equal([]);
    return JSON.parse(stdout);
  };
  const stateFiles = (): Promise<string[]> => readdir(join(folder, 'image-service', 'uploads')).catch(() => []);
  const seen = (what: (request: Request) => boolean): Exchange[] => proxy.exchanges.filter(what);
  const original = async (imageId: string): Promise<Buffer> =>
    (await send(proxy.url, { path: `/v1/images/${imageId}/original` })).body;

  it('sends a small photograph in one request and prints a line with its id, size and URL', async () => {
    const { path, bytes } = await file('small.jpg');
    const { status, stdout, stderr } = await start(path, '--rendition', 'thumb', '--rendition', 'small').ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    const [, id = '', url = ''] = /small\.jpg: image (\S+), [\d.]+ kB, (\S+)\n$/.exec(stdout) ?? [];
    expect(url).to.equal(`${proxy.url}/v1/images/${id}`);
    expect(seen(isSync)).to.have.lengthOf(1);
    expect(seen(isCreate)).to.have.lengthOf(0);
    expect((await original(id)).equals(bytes)).to.equal(true);
    const record = jsonOf(await send(proxy.url, { path: `/v1/images/${id}` }));
    expect(record.renditions.map(({ name }: { name: string }) => name)).to.have.members(['thumb', 'small']);
  });

  it('sends a large one in parts with their digests and declares the whole beforehand', async () => {
    const { path, bytes } = await file('large.jpg', 26 * MiB);
    const [image] = await upload(path, '--rendition', 'thumb');
    const [created] = seen(isCreate);
    expect(seen(isSync)).to.have.lengthOf(0);
    expect(image).to.deep.include({ contentLength: bytes.length, checksumSha256: sha256(bytes) });
    const declared = created && jsonOf({ ...created, headers: {} });
    expect(declared).to.include({ contentLength: bytes.length, checksumSha256: sha256(bytes), imageId: image.imageId });
    expect(seen(isPart).map(partNumber).sort()).to.deep.equal([1, 2, 3, 4]);
    for (const { headers } of seen(isPart)) expect(headers['content-digest']).to.match(/^sha-256=:.{44}:$/);
  });

  it('sends what asks for a rendition of its own in parts, whatever its size', async () => {
    const own = { name: 'card', commands: [{ operation: 'grayscale' }], output: { format: 'webp' } };
    const [image] = await upload((await file('own.jpg')).path, '--rendition', JSON.stringify(own));
    expect(image.renditions).to.have.lengthOf(1);
    expect(image.renditions[0]).to.deep.include({ name: 'card', commands: own.commands });
  });

  it('answers several records as one list, and each run makes a new image', async () => {
    const paths = [(await file('a.jpg')).path, (await file('b.jpg', 6 * MiB)).path];
    const first = await upload(...paths, '--parts-from', '1');
    const second = await upload(...paths, '--parts-from', '1');
    const ids = [...first, ...second].map(({ imageId }) => imageId);
    expect(new Set(ids).size).to.equal(4);
    expect(first.map(({ contentLength }: { contentLength: number }) => contentLength)).to.deep.equal([
      small.length,
      6 * MiB,
    ]);
  });

  it('sends an SVG whose root comes late, whatever its name, and none that is too large', async () => {
    const svg = drawing({ width: 48, height: 32 }, { prolog: `<!-- ${'a'.repeat(100_000)} -->` });
    const paths = [join(folder, 'drawing'), join(folder, 'large.svg')];
    await writeFile(join(folder, 'drawing'), svg);
    await writeFile(join(folder, 'large.svg'), drawingOf(LIMITS.svgBytes + 1));
    const { status, stdout, stderr } = await start('--json', ...paths).ended;
    expect(status).to.equal(1);
    expect(JSON.parse(stdout)[0]).to.include({ contentType: 'image/svg+xml', width: 48, height: 32 });
    expect(stderr).to.match(/large\.svg has \d+ bytes, and the service takes \d+ of an SVG at most\.\n$/);
    expect(seen(isSync)).to.have.lengthOf(1);
  });

  it('says in one sentence what is wrong with each file and uploads the others', async () => {
    await writeFile(join(folder, 'text.jpg'), 'no image at all');
    await writeFile(join(folder, 'empty.jpg'), '');
    await mkdir(join(folder, 'folder'), { recursive: true });
    const bad = ['text.jpg', 'empty.jpg', 'missing.jpg', 'folder'].map((name) => join(folder, name));
    const { path } = await file('good.jpg');
    const { status, stdout, stderr } = await start(...bad, path).ended;
    expect(status).to.equal(1);
    expect(stdout).to.match(/^\S+good\.jpg: image .*\n$/);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).to.have.lengthOf(4);
    for (const [index, what] of ['is no image', 'is empty', 'does not exist', 'is a folder'].entries()) {
      expect(lines[index]).to.include(`${bad[index]} ${what}`).and.match(/\.$/);
    }
    expect(seen(isSync)).to.have.lengthOf(1);
  });

  it('passes on what the service says of a wrong rendition, and does not try again', async () => {
    const { path } = await file('preset.jpg', 2 * MiB);
    for (const partsFrom of ['0', '25']) {
      const { status, stderr } = await start(path, '--rendition', 'poster', '--parts-from', partsFrom).ended;
      expect(status).to.equal(1);
      expect(stderr).to.match(/^\S+preset\.jpg: .*name of a preset: thumb.*\.\n$/);
    }
    expect(seen(isSync)).to.have.lengthOf(1);
    expect(seen(isCreate)).to.have.lengthOf(1);
    expect(await stateFiles()).to.deep.equal([]);
  });

  const wrong: Record<string, [args: string[], sentence: RegExp]> = {
    'no photograph': [[], /^Name a photograph.*\n$/],
    'an unknown option': [['--fast'], /^[^\n]*--fast[^\n]*\n$/],
    'a URL that is none': [['a.jpg', '--url', 'here'], /^--url takes .*here\.\n$/],
    'a concurrency of none': [['a.jpg', '--concurrency', '0'], /^--concurrency takes .*\n$/],
    'a rendition that is no JSON': [['a.jpg', '--rendition', '{name'], /^--rendition takes .*\n$/],
  };
  it('refuses wrong use in one sentence, with exit status 2', async () => {
    const cases = Object.entries(wrong).map(async ([name, [args, sentence]]) => {
      const { status, stdout, stderr } = await start(...args).ended;
      expect({ status, stdout }, name).to.deep.equal({ status: 2, stdout: '' });
      expect(stderr, name).to.match(sentence);
    });
    await Promise.all(cases);
  });

  it('explains itself with --help', async () => {
    const { status, stdout, stderr } = await start('--help').ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    for (const option of ['--rendition', '--url', '--json', '--direct', '--concurrency', '--parts-from']) {
      expect(stdout).to.include(option);
    }
  });

  it('tries parts again that fail or break off, and not before Retry-After', async () => {
    const { path } = await file('retried.jpg', 20 * MiB);
    const tries: Record<number, number[]> = {};
    proxy.before = (request) => {
      if (!isPart(request)) return 'pass';
      const number = partNumber(request);
      tries[number] = [...(tries[number] ?? []), request.at];
      if (tries[number].length > 1) return 'pass';
      return number === 2 ? 'hangUp' : { status: 503, headers: { 'retry-after': '1' } };
    };
    const { status, stderr, stdout } = await start('--json', path, '--parts-from', '0').ended;
    expect(status, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.have.lengthOf(1);
    expect(stderr.match(/trying again in/g)).to.have.lengthOf(3);
    for (const number of [1, 3]) {
      const [first = 0, second = 0] = tries[number] ?? [];
      expect(second - first).to.be.at.least(990);
    }
    expect(tries[2]).to.have.lengthOf(2);
  });

  it('sends parts to presigned URLs with --direct, and asks for another URL when one has expired', async () => {
    const { path, bytes } = await file('direct.jpg', 20 * MiB);
    let expired = false;
    proxy.before = (request) => {
      if (!isPart(request) || expired) return 'pass';
      expired = true;
      return { status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error/>' };
    };
    const [image] = await upload(path, '--direct', '--parts-from', '0');
    expect(image.checksumSha256).to.equal(sha256(bytes));
    const stored = seen(isPart).filter(({ status }) => status === 200);
    expect(stored).to.have.lengthOf(3);
    for (const { query, headers } of stored) {
      expect(query).to.match(/signature=/);
      expect(headers['content-md5']).to.be.a('string');
    }
    expect(seen(({ path }) => path.endsWith('/part-urls'))).to.have.lengthOf(4);
  });

  /** Lets that many parts through, holds the next ones, and kills the client. */
  const killAfterParts = async (count: number, args: string[]) => {
    const through = () => seen(isPart).filter(({ status }) => status === 200).length;
    const before = through();
    const gone = Promise.withResolvers<'hangUp'>();
    let granted = count;
    let held = 0;
    proxy.before = (request) => {
      if (!isPart(request)) return 'pass';
      granted -= 1;
      if (granted >= 0) return 'pass';
      held += 1;
      return gone.promise;
    };
    const { child, ended } = start(...args);
    await eventually('the parts are through', () => through() === before + count && held > 0);
    child.kill('SIGKILL');
    expect((await ended).status).to.equal('SIGKILL');
    gone.resolve('hangUp');
    proxy.before = () => 'pass';
  };

  it('killed three times goes on with the same upload and sends no finished part twice', async () => {
    const { path, bytes } = await file('killed.jpg', 60 * MiB);
    const args = [path, '--concurrency', '3'];
    for (const count of [2, 3, 1]) await killAfterParts(count, args);
    expect(await stateFiles()).to.have.lengthOf(1);
    const [image] = await upload(...args);
    const created = seen(isCreate);
    expect(created).to.have.lengthOf(1);
    const { uploadId, imageId } = JSON.parse(String(created[0]?.body));
    expect(image.imageId).to.equal(imageId);
    const stored = seen(isPart).filter(({ status }) => status === 200);
    expect(stored.map(partNumber).sort()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { path } of stored) expect(path).to.include(`/v1/uploads/${uploadId}/`);
    expect((await original(imageId)).equals(bytes)).to.equal(true);
  });

  const lost: Record<string, [what: (request: Request) => boolean, args: string[]]> = {
    'an upload is created': [isCreate, ['--parts-from', '0']],
    'an upload is completed': [isComplete, ['--parts-from', '0']],
    'an image is uploaded whole': [isSync, []],
  };
  for (const [name, [what, args]] of Object.entries(lost)) {
    it(`killed before it knows that ${name} makes one image of both runs`, async () => {
      const { path } = await file('lost.jpg', 9 * MiB);
      const first = start(path, ...args);
      proxy.after = (exchange) => {
        if (!what(exchange)) return 'pass';
        first.child.kill('SIGKILL');
        return 'hangUp';
      };
      expect((await first.ended).status).to.equal('SIGKILL');
      proxy.after = () => 'pass';
      const [image] = await upload(path, ...args);
      const answers = seen((request) => isCreate(request) || isSync(request)).map(({ body }) =>
        JSON.parse(String(body)),
      );
      expect(new Set(answers.map(({ imageId }) => imageId))).to.deep.equal(new Set([image.imageId]));
      const stored = seen(isPart).filter(({ status }) => status === 200);
      expect(new Set(stored.map(partNumber)).size).to.equal(stored.length);
    });
  }

  it('begins anew when the upload was aborted meanwhile', async () => {
    const { path, bytes } = await file('aborted.jpg', 20 * MiB);
    const args = [path, '--parts-from', '0', '--concurrency', '1'];
    await killAfterParts(1, args);
    const { uploadId } = JSON.parse(String(seen(isCreate)[0]?.body));
    await send(proxy.url, { method: 'DELETE', path: `/v1/uploads/${uploadId}` });
    const [image] = await upload(...args);
    expect(image.checksumSha256).to.equal(sha256(bytes));
    const created = seen(isCreate).map(({ body }) => JSON.parse(String(body)).uploadId);
    expect(created).to.have.lengthOf(2);
    expect(new Set(created).size).to.equal(2);
  });

  it('answers the image when the upload was completed by another', async () => {
    const { path, bytes } = await file('completed.jpg', 12 * MiB);
    const args = [path, '--parts-from', '0', '--concurrency', '1'];
    await killAfterParts(1, args);
    const { uploadId, imageId, partSize } = JSON.parse(String(seen(isCreate)[0]?.body));
    const self = `/v1/uploads/${uploadId}`;
    const put = { method: 'PUT', path: `${self}/parts/2`, body: bytes.subarray(partSize) };
    const parts = [JSON.parse(String(seen(isPart)[0]?.body)), jsonOf(await send(proxy.url, put))];
    const named = parts.map(({ partNumber, eTag }) => ({ partNumber, eTag }));
    const headers = { 'content-type': 'application/json' };
    await send(proxy.url, {
      ...{ method: 'POST', path: `${self}/complete`, headers },
      body: JSON.stringify({ parts: named }),
    });
    const [image] = await upload(...args);
    expect(image.imageId).to.equal(imageId);
    expect(seen(isCreate)).to.have.lengthOf(1);
  });

  it('says at Ctrl-C that running it again resumes, and ends with 130', async () => {
    const { path } = await file('stopped.jpg', 12 * MiB);
    const { child, ended } = start(path, '--parts-from', '0');
    proxy.before = (request) => {
      if (isPart(request)) child.kill('SIGINT');
      return 'pass';
    };
    const { status, stderr } = await ended;
    expect(status).to.equal(130);
    expect(stderr).to.match(/^Stopped\. .*resumes.*\n$/);
    expect(await stateFiles()).to.have.lengthOf(1);
  });

  it('says where nobody answers, and asks there only for seconds', async () => {
    const { path } = await file('nobody.jpg');
    const { status, stderr } = await start('--url', 'http://127.0.0.1:1', path).ended;
    expect(status).to.equal(1);
    expect(stderr).to.match(/Is there an image service at http:\/\/127\.0\.0\.1:1\? .*ECONNREFUSED\.\n$/);
  });
});

describe('npm run upload to a service that wants a key', () => {
  const IMAGE_SERVICE_API_KEY = 'the-key';
  let services: Services;
  let proxy: WatchedProxy;
  let folder: string;
  let photo: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-upload-'));
    services = await startServices({ apiKeys: createHash('sha256').update(IMAGE_SERVICE_API_KEY).digest('hex') });
    proxy = await startWatchedProxy(services);
    photo = join(folder, 'photo.jpg');
    await writeFile(photo, Buffer.concat([...paddedTo(await photograph('jpeg', 100, 100), 6 * MiB)]));
  });
  after(async () => {
    await proxy?.stop();
    await services?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const run = (key: { IMAGE_SERVICE_API_KEY?: string }, ...args: string[]) =>
    spawnUpload({ XDG_STATE_HOME: folder, ...key }, '--url', proxy.url, photo, ...args).ended;

  for (const [way, ...options] of [
    ['whole'],
    ['in parts', '--parts-from', '1'],
    ['in parts to presigned URLs', '--parts-from', '1', '--direct'],
  ])
    it(`sends ${way} with the key of the environment`, async () => {
      const { status, stderr } = await run({ IMAGE_SERVICE_API_KEY }, ...options);
      expect(status, stderr).to.equal(0);
    });

  it('sends no key to presigned URLs, which lead elsewhere', () => {
    const direct = proxy.exchanges.filter(({ query }) => /signature/i.test(query));
    expect(direct).to.not.deep.equal([]);
    for (const { headers } of direct) expect(headers.authorization).to.equal(undefined);
  });

  it('says which variable to set where it has none, and what is wrong with one that is no key', async () => {
    const without = await run({});
    expect(without.status).to.equal(1);
    expect(without.stderr).to.match(/photo\.jpg: .*Set IMAGE_SERVICE_API_KEY/);
    const broken = await run({ IMAGE_SERVICE_API_KEY: 'two\nlines' });
    expect(broken.status).to.equal(2);
    expect(broken.stderr).to.match(/^IMAGE_SERVICE_API_KEY has characters/);
  });
});
