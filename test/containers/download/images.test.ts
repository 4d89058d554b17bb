import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import {
  type Answered,
  expectProblem,
  jsonOf,
  type Outgoing,
  openSocket,
  send,
} from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 200, 100);

describe('Download of records and originals', () => {
  let services: Services;
  let image: { imageId: string; links: { self: string; original: string }; [fact: string]: unknown };
  before(async () => {
    services = await startServices();
    image = await upload();
  });
  after(() => services.stop());

  const get = (path: string, outgoing: Partial<Outgoing> = {}): Promise<Answered> =>
    send(services.download, { path, ...outgoing });
  const upload = async () =>
    jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg }));

  it('shows the record that the upload answered, which caches must revalidate each time', async () => {
    const answer = await get(image.links.self);
    expect(answer.status).to.equal(200);
    expect(jsonOf(answer)).to.deep.equal(image);
    expect(jsonOf(answer)).to.not.have.any.keys('owner', 'pk', 'sk', 'listedFor', 'listedAt');
    expect(answer.headers['cache-control']).to.equal('private, no-cache');
  });

  it('answers the original byte for byte, with length, type and ETag', async () => {
    const { status, headers, body } = await get(image.links.original);
    expect(status).to.equal(200);
    expect(body.equals(jpeg)).to.equal(true);
    expect(headers).to.include({
      'content-type': 'image/jpeg',
      'content-length': String(jpeg.length),
      etag: `"${Buffer.from(String(image.checksumSha256), 'base64').toString('hex')}"`,
    });
    expect(headers['cache-control']).to.equal('public, max-age=60, stale-while-revalidate=600');
  });

  it('gives the same bytes the same ETag under another id', async () => {
    const other = await upload();
    const eTags = await Promise.all([image, other].map(async ({ links }) => (await get(links.original)).headers.etag));
    expect(eTags[0]).to.equal(eTags[1]);
  });

  describe('of an SVG, which may hold scripts', () => {
    const script = '<script>document.title = document.domain</script><foreignObject onload="alert(1)"/>';
    const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${script.repeat(20)}</svg>`);
    let original: string;
    before(async () => {
      const sent = { method: 'POST', path: '/v1/images', headers: { 'content-type': 'image/svg+xml' }, body: svg };
      original = jsonOf(await send(services.upload, sent)).links.original;
    });

    const harmless = {
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    };

    it('sends every byte as it was, as an image, under a policy that lets no script run', async () => {
      const { status, headers, body } = await get(original);
      expect(status).to.equal(200);
      expect(body.equals(svg)).to.equal(true);
      expect(headers).to.include({
        ...harmless,
        'content-type': 'image/svg+xml',
        'content-length': String(svg.length),
      });
    });

    it('sends the policy also to HEAD, with 304, and for other formats', async () => {
      const head = await get(original, { method: 'HEAD' });
      expect(head.headers).to.include(harmless);
      const unchanged = await get(original, { headers: { 'if-none-match': String(head.headers.etag) } });
      expect(unchanged.status).to.equal(304);
      expect(unchanged.headers).to.include(harmless);
      expect((await get(image.links.original)).headers).to.include(harmless);
    });

    it('does not compress it, so that its length and its ETag stay', async () => {
      const { headers } = await get(original, { headers: { 'accept-encoding': 'gzip' } });
      expect(headers).to.include({ ...harmless, 'content-length': String(svg.length) });
      expect(headers).to.not.have.any.keys('content-encoding', 'vary');
      expect(headers.etag).to.equal((await get(original)).headers.etag);
    });
  });

  it('does not compress images', async () => {
    const { headers, body } = await get(image.links.original, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(headers['content-encoding']).to.equal(undefined);
    expect(body).to.have.length(jpeg.length);
  });

  it('closes its files also when clients do not read them to the end', async function () {
    if (!existsSync('/proc/self/fd')) this.skip();
    const open = () => {
      const targets = readdirSync('/proc/self/fd').map((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
          return '';
        }
      });
      return targets.filter((target) => target.startsWith(services.objectsFolder));
    };
    const { etag } = (await get(image.links.original)).headers;
    for (let count = 0; count < 10; count += 1) {
      await get(image.links.original, { method: 'HEAD' });
      await get(image.links.original, { headers: { 'if-none-match': String(etag) } });
      const socket = await openSocket(services.download);
      socket.write(`GET ${image.links.original} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await once(socket, 'readable');
      socket.destroy();
    }
    await eventually('all files are closed', () => open().length === 0);
  });

  it('answers image_not_found to unknown ids', async () => {
    const path = `/v1/images/${randomUUID()}`;
    for (const what of ['', '/original', '/renditions/thumb']) {
      expectProblem(await get(`${path}${what}`), 'image_not_found');
    }
  });

  it('answers object_missing when the bytes are gone', async () => {
    const { imageId, links } = await upload();
    await rm(join(services.objectsFolder, 'objects/originals', imageId));
    expectProblem(await get(links.original), 'object_missing');
  });
});

describe('GET /v1/images', () => {
  let services: Services;
  const ids: string[] = [];
  before(async () => {
    services = await startServices();
    for (let count = 0; count < 7; count += 1) {
      const answer = await send(services.upload, { method: 'POST', path: '/v1/images?rendition=thumb', body: jpeg });
      ids.unshift(jsonOf(answer).imageId);
    }
  });
  after(() => services.stop());

  const list = (query = '') => send(services.download, { path: `/v1/images${query}` });
  const idsOf = (answer: Answered) => jsonOf(answer).images.map(({ imageId }: { imageId: string }) => imageId);

  it('lists the newest first, without renditions', async () => {
    const answer = await list();
    expect(idsOf(answer)).to.deep.equal(ids);
    expect(jsonOf(answer)).to.not.have.property('nextCursor');
    expect(jsonOf(answer).images[0]).to.not.have.any.keys('renditions', 'owner');
  });

  for (const limit of [1, 2, 3, 6, 7, 100]) {
    it(`gives every image once in pages of ${limit}`, async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list(`?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
        expect(idsOf(page).length).to.be.at.most(limit);
        seen.push(...idsOf(page));
        cursor = jsonOf(page).nextCursor;
      } while (cursor);
      expect(seen).to.deep.equal(ids);
    });
  }

  it('continues behind a cursor whose image has been deleted since', async () => {
    const page = jsonOf(await list('?limit=3'));
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${ids[2]}` });
    expect(idsOf(await list(`?cursor=${page.nextCursor}`))).to.deep.equal(ids.slice(3));
    expect(idsOf(await list())).to.deep.equal(ids.filter((id) => id !== ids[2]));
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const cursors: Record<string, string> = {
    'that is not base64': '***',
    'that is not JSON': 'AAAA',
    'that is null': encode(null),
    'that is a number': encode(1),
    'that is a list': encode(['a']),
    'with other keys': encode({ pk: 'a' }),
    'with values that are not text': encode({ pk: 1, sk: 2, listedFor: 'local', listedAt: {} }),
    'of another owner': encode({ pk: 'a', sk: 'b', listedFor: 'somebody', listedAt: 'c' }),
    'that is empty': '',
    'that is too long': 'A'.repeat(1025),
  };
  for (const [name, cursor] of Object.entries(cursors)) {
    it(`refuses a cursor ${name}`, async () => {
      const problem = expectProblem(await list(`?cursor=${encodeURIComponent(cursor)}`), 'invalid_request');
      expect(new Set(problem.errors?.map(({ path }) => path))).to.deep.equal(new Set(['query.cursor']));
    });
  }

  for (const query of [
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1.5',
    'limit=-1',
    'limit=',
    'limit=1&limit=2',
    'page=2',
  ]) {
    it(`refuses ?${query}`, async () => {
      const problem = expectProblem(await list(`?${query}`), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal([`query.${query.split('=')[0]}`]);
    });
  }
});
