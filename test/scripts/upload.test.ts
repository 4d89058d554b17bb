import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LIMITS } from '../../shared/domain/limits.ts';
import { drawing, drawingOf } from '../support/drawings/drawings.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { startWatchedProxy, type WatchedProxy } from '../support/http/watched-proxy.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import {
  isCreate,
  isPart,
  isSync,
  partNumber,
  sha256,
  startUploadBench,
  type UploadBench,
} from '../support/services/upload-bench.ts';
import { spawnUpload } from '../support/services/upload-process.ts';
import { MiB } from '../support/storage/bodies.ts';

describe('npm run upload', function () {
  this.timeout(90_000);
  let bench: UploadBench;
  let proxy: UploadBench['proxy'];
  before(async () => {
    bench = await startUploadBench();
    ({ proxy } = bench);
  });
  after(() => bench.stop());
  beforeEach(() => bench.reset());
  afterEach(() => bench.clean());

  it('sends a small photograph in one request and prints a line with its id, size and URL', async () => {
    const { path, bytes } = await bench.file('small.jpg');
    const { status, stdout, stderr } = await bench.start(path, '--rendition', 'thumb', '--rendition', 'small').ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    const [, id = '', url = ''] = /small\.jpg: image (\S+), [\d.]+ kB, (\S+)\n$/.exec(stdout) ?? [];
    expect(url).to.equal(`${proxy.url}/v1/images/${id}`);
    expect(bench.seen(isSync)).to.have.lengthOf(1);
    expect(bench.seen(isCreate)).to.have.lengthOf(0);
    expect((await bench.original(id)).equals(bytes)).to.equal(true);
    const record = jsonOf(await send(proxy.url, { path: `/v1/images/${id}` }));
    expect(record.renditions.map(({ name }: { name: string }) => name)).to.have.members(['thumb', 'small']);
  });

  it('sends a large photograph in parts with their digests, after declaring its size and digest', async () => {
    const { path, bytes } = await bench.file('large.jpg', 26 * MiB);
    const [image] = await bench.upload(path, '--rendition', 'thumb');
    const [created] = bench.seen(isCreate);
    expect(bench.seen(isSync)).to.have.lengthOf(0);
    expect(image).to.deep.include({ contentLength: bytes.length, checksumSha256: sha256(bytes) });
    const declared = created && jsonOf({ ...created, headers: {} });
    expect(declared).to.include({ contentLength: bytes.length, checksumSha256: sha256(bytes), imageId: image.imageId });
    expect(bench.seen(isPart).map(partNumber).sort()).to.deep.equal([1, 2, 3, 4]);
    for (const { headers } of bench.seen(isPart)) expect(headers['content-digest']).to.match(/^sha-256=:.{44}:$/);
  });

  it('sends the name of the file, in one request and in parts', async () => {
    const name = 'Zoë "im" 50% Licht, 日本 📷.jpg';
    const whole = await bench.file(name);
    const long = await bench.file(`parts ${name}`, 6 * MiB);
    const images = await bench.upload(whole.path, long.path, '--parts-from', '1');
    expect(images.map(({ fileName }: { fileName: string }) => fileName)).to.deep.equal([name, `parts ${name}`]);
  });

  it('sends a photograph of any size in parts where a rendition is given as JSON', async () => {
    const own = { name: 'card', commands: [{ operation: 'grayscale' }], output: { format: 'webp' } };
    const [image] = await bench.upload((await bench.file('own.jpg')).path, '--rendition', JSON.stringify(own));
    expect(image.renditions).to.have.lengthOf(1);
    expect(image.renditions[0]).to.deep.include({ name: 'card', commands: own.commands });
  });

  it('prints several records as one JSON list, and makes a new image in each run', async () => {
    const paths = [(await bench.file('a.jpg')).path, (await bench.file('b.jpg', 6 * MiB)).path];
    const first = await bench.upload(...paths, '--parts-from', '1');
    const second = await bench.upload(...paths, '--parts-from', '1');
    const ids = [...first, ...second].map(({ imageId }) => imageId);
    expect(new Set(ids).size).to.equal(4);
    expect(first.map(({ contentLength }: { contentLength: number }) => contentLength)).to.deep.equal([
      bench.small.length,
      6 * MiB,
    ]);
  });

  it('sends an SVG of any name with a late root element, and refuses one that is too large', async () => {
    const svg = drawing({ width: 48, height: 32 }, { prolog: `<!-- ${'a'.repeat(100_000)} -->` });
    const paths = [join(bench.folder, 'drawing'), join(bench.folder, 'large.svg')];
    await writeFile(join(bench.folder, 'drawing'), svg);
    await writeFile(join(bench.folder, 'large.svg'), drawingOf(LIMITS.svgBytes + 1));
    const { status, stdout, stderr } = await bench.start('--json', ...paths).ended;
    expect(status).to.equal(1);
    expect(JSON.parse(stdout)[0]).to.include({ contentType: 'image/svg+xml', width: 48, height: 32 });
    expect(stderr).to.match(/large\.svg has \d+ bytes, and the service takes \d+ of an SVG at most\.\n$/);
    expect(bench.seen(isSync)).to.have.lengthOf(1);
  });

  it('says in one sentence what is wrong with each file and uploads the others', async () => {
    await writeFile(join(bench.folder, 'text.jpg'), 'no image at all');
    await writeFile(join(bench.folder, 'empty.jpg'), '');
    await mkdir(join(bench.folder, 'folder'), { recursive: true });
    const bad = ['text.jpg', 'empty.jpg', 'missing.jpg', 'folder'].map((name) => join(bench.folder, name));
    const { path } = await bench.file('good.jpg');
    const { status, stdout, stderr } = await bench.start(...bad, path).ended;
    expect(status).to.equal(1);
    expect(stdout).to.match(/^\S+good\.jpg: image .*\n$/);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).to.have.lengthOf(4);
    for (const [index, what] of ['is no image', 'is empty', 'does not exist', 'is a folder'].entries()) {
      expect(lines[index]).to.include(`${bad[index]} ${what}`).and.match(/\.$/);
    }
    expect(bench.seen(isSync)).to.have.lengthOf(1);
  });

  it('prints what the service says about a wrong rendition, and does not retry', async () => {
    const { path } = await bench.file('preset.jpg', 2 * MiB);
    for (const partsFrom of ['0', '25']) {
      const { status, stderr } = await bench.start(path, '--rendition', 'poster', '--parts-from', partsFrom).ended;
      expect(status).to.equal(1);
      expect(stderr).to.match(/^\S+preset\.jpg: .*name of a preset: thumb.*\.\n$/);
    }
    expect(bench.seen(isSync)).to.have.lengthOf(1);
    expect(bench.seen(isCreate)).to.have.lengthOf(1);
    expect(await bench.stateFiles()).to.deep.equal([]);
  });

  it('retries parts that fail or break off, and not before Retry-After', async () => {
    const { path } = await bench.file('retried.jpg', 20 * MiB);
    const tries: Record<number, number[]> = {};
    proxy.before = (request) => {
      if (!isPart(request)) return 'pass';
      const number = partNumber(request);
      tries[number] = [...(tries[number] ?? []), request.at];
      if (tries[number].length > 1) return 'pass';
      return number === 2 ? 'hangUp' : { status: 503, headers: { 'retry-after': '1' } };
    };
    const { status, stderr, stdout } = await bench.start('--json', path, '--parts-from', '0').ended;
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
    const { path, bytes } = await bench.file('direct.jpg', 20 * MiB);
    let expired = false;
    proxy.before = (request) => {
      if (!isPart(request) || expired) return 'pass';
      expired = true;
      return { status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error/>' };
    };
    const [image] = await bench.upload(path, '--direct', '--parts-from', '0');
    expect(image.checksumSha256).to.equal(sha256(bytes));
    const stored = bench.seen(isPart).filter(({ status }) => status === 200);
    expect(stored).to.have.lengthOf(3);
    for (const { query, headers } of stored) {
      expect(query).to.match(/signature=/);
      expect(headers['content-md5']).to.be.a('string');
    }
    expect(bench.seen(({ path }) => path.endsWith('/part-urls'))).to.have.lengthOf(4);
  });

  it('says at Ctrl-C that running it again resumes, and exits with 130', async () => {
    const { path } = await bench.file('stopped.jpg', 12 * MiB);
    const { child, ended } = bench.start(path, '--parts-from', '0');
    proxy.before = (request) => {
      if (isPart(request)) child.kill('SIGINT');
      return 'pass';
    };
    const { status, stderr } = await ended;
    expect(status).to.equal(130);
    expect(stderr).to.match(/^Stopped\. .*resumes.*\n$/);
    expect(await bench.stateFiles()).to.have.lengthOf(1);
  });

  it('names the URL where nothing answers, and gives up after seconds', async () => {
    const { path } = await bench.file('nobody.jpg');
    const { status, stderr } = await bench.start('--url', 'http://127.0.0.1:1', path).ended;
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
    it(`sends ${way} with the key from the environment`, async () => {
      const { status, stderr } = await run({ IMAGE_SERVICE_API_KEY }, ...options);
      expect(status, stderr).to.equal(0);
    });

  it('makes images public or private as it is told, in one request and in parts', async () => {
    const visibilityOf = async (...options: string[]) => {
      const { status, stdout, stderr } = await run({ IMAGE_SERVICE_API_KEY }, '--json', ...options);
      expect(status, stderr).to.equal(0);
      return JSON.parse(stdout)[0].visibility;
    };
    for (const visibility of ['public', 'private'])
      for (const from of ['25', '1'])
        expect(await visibilityOf('--visibility', visibility, '--parts-from', from)).to.equal(visibility);
    const wrong = await run({ IMAGE_SERVICE_API_KEY }, '--visibility', 'everybody');
    expect(wrong).to.include({ status: 2, stdout: '' });
    expect(wrong.stderr).to.match(/^--visibility takes public or private, not everybody\./);
  });

  it('sends no key to presigned URLs, which lead elsewhere', () => {
    const direct = proxy.exchanges.filter(({ query }) => /signature/i.test(query));
    expect(direct).to.not.deep.equal([]);
    for (const { headers } of direct) expect(headers.authorization).to.equal(undefined);
  });

  it('names the variable to set where there is no key, and says what is wrong with an invalid key', async () => {
    const without = await run({});
    expect(without.status).to.equal(1);
    expect(without.stderr).to.match(/photo\.jpg: .*Set IMAGE_SERVICE_API_KEY/);
    const broken = await run({ IMAGE_SERVICE_API_KEY: 'two\nlines' });
    expect(broken.status).to.equal(2);
    expect(broken.stderr).to.match(/^IMAGE_SERVICE_API_KEY contains characters/);
  });
});
