import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const KEYS = ['the-key-of-today', 'the-key-of-yesterday'];

describe('AUTHENTICATION=api-keys', () => {
  let services: Services;
  const images: Record<string, { imageId: string; links: Record<string, string> }> = {};
  before(async () => {
    services = await startServices({ apiKeys: KEYS.map(digestOf).join(',') });
    for (const visibility of ['public', 'private']) {
      const answer = await send(services.upload, {
        method: 'POST',
        path: `/v1/images?visibility=${visibility}`,
        headers: { authorization: `Bearer ${KEYS[0]}` },
        body: await photograph('jpeg'),
      });
      expect(answer.status).to.equal(201);
      images[visibility] = jsonOf(answer);
    }
  });
  after(() => services.stop());

  const get = (path = '', authorization?: string): Promise<Answered> =>
    send(services.download, { path, headers: authorization === undefined ? {} : { authorization } });

  for (const key of KEYS) {
    it(`lets ${key} in`, async () => {
      expect((await get('/v1/images', `Bearer ${key}`)).status).to.equal(200);
      expect((await get('/v1/images', `bearer ${key}`)).status).to.equal(200);
    });
  }

  const refused: Record<string, string | undefined> = {
    nothing: undefined,
    'another key': 'Bearer the-key-of-tomorrow',
    'a digest': `Bearer ${digestOf(KEYS[0] ?? '')}`,
    'the beginning of a key': 'Bearer the-key-of-toda',
    'another scheme': `Basic ${KEYS[0]}`,
    'a key with more behind it': `Bearer ${KEYS[0]} more`,
    'no key': 'Bearer ',
    'a long key': `Bearer ${'a'.repeat(5000)}`,
  };
  for (const [name, authorization] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      const answer = await get('/v1/images', authorization);
      expectProblem(answer, 'unauthenticated');
      const expected = authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
      expect(answer.headers['www-authenticate']).to.equal(expected);
    });
  }

  const writes: Outgoing[] = [
    { method: 'POST', path: '/v1/images', body: 'bytes' },
    { method: 'DELETE', path: '/v1/images/0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11' },
  ];
  for (const outgoing of writes) {
    it(`refuses ${outgoing.method} without a key, and stores nothing`, async () => {
      const before = await services.leftovers();
      expectProblem(await send(services.upload, outgoing), 'unauthenticated');
      expect(await services.leftovers()).to.deep.equal(before);
    });
  }

  it('accepts parts without a key only by a signed URL', async () => {
    const body = await photograph('jpeg');
    const authorization = `Bearer ${KEYS[0]}`;
    const post = async (path: string, json: object) =>
      jsonOf(
        await send(services.asyncUpload, {
          method: 'POST',
          path,
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(json),
        }),
      );
    const { uploadId } = await post('/v1/uploads', { contentType: 'image/jpeg' });
    const own = `/v1/uploads/${uploadId}`;
    const { parts } = await post(`${own}/part-urls`, { parts: [{ partNumber: 1, contentLength: body.length }] });
    const { pathname, search } = new URL(parts[0].url);
    const put = (path: string) => send(services.asyncUpload, { method: 'PUT', path, body });
    expect((await put(pathname + search)).status).to.equal(200);
    const unknown = own.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const path of [pathname, `${own}/parts/2`, `${unknown}/parts/1`])
      expectProblem(await put(path), 'unauthenticated');
    expectProblem(await put(`${own}/parts/2${search}`), 'part_url_invalid');
  });

  it('answers public downloads without a key, and with a wrong one', async () => {
    for (const link of ['original', 'file']) {
      expect((await get(images.public?.links[link])).status, link).to.equal(200);
      expect((await get(images.public?.links[link], 'Bearer wrong')).status, link).to.equal(200);
    }
  });

  it('answers private downloads only with a key', async () => {
    for (const link of ['original', 'file']) {
      expectProblem(await get(images.private?.links[link]), 'image_not_found');
      const answer = await get(images.private?.links[link], `Bearer ${KEYS[1]}`);
      expect(answer.status, link).to.equal(200);
      expect(answer.headers['cache-control'], link).to.match(/^private/);
    }
  });

  it('shows records and the list only with a key, but health and the documentation to all', async () => {
    for (const image of Object.values(images)) expectProblem(await get(image.links.self), 'unauthenticated');
    for (const path of ['/health', '/docs', '/openapi.json', '/v1/limits'])
      expect((await get(path)).status, path).to.equal(200);
  });
});

describe('SIGNED_URLS=on', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ apiKeys: digestOf('a-key'), signedUrls: true });
  });
  after(() => services.stop());

  it('sends only the bytes of private images to requests that the CDN has let through', async () => {
    const uploaded = await send(services.upload, {
      method: 'POST',
      path: '/v1/images?visibility=private&rendition=thumb',
      headers: { authorization: 'Bearer a-key' },
      body: await photograph('jpeg'),
    });
    const { links } = jsonOf(uploaded);
    const get = (path: string) => send(services.download, { path });
    for (const link of ['original', 'file']) {
      const { status, headers } = await get(links[link]);
      expect(status, link).to.equal(200);
      expect(headers['cache-control'], link).to.match(/^private/);
    }
    expect((await get(`${links.self}/renditions/thumb`)).status).to.equal(202);
    const pastTheCdn = [
      `${services.download}${links.original}`,
      links.original.replace('original', '%6friginal'),
      `${links.self}/rendition%73/thumb`,
    ];
    for (const path of [links.self, `${links.self}/events`, '/v1/images'])
      expectProblem(await get(path), 'unauthenticated');
    const [absolute = '', ...otherSpellings] = pastTheCdn;
    expectProblem(await get(absolute), 'image_not_found');
    for (const path of otherSpellings) expectProblem(await get(path), 'route_not_found');
    // The load balancer lets every request with a key past the CDN.
    const pretended = { path: links.original, headers: { authorization: 'Bearer another-key' } };
    expectProblem(await send(services.download, pretended), 'image_not_found');
  });

  it('sends public bytes past the CDN to their owner only, whatever was answered and remembered before', async () => {
    const own = { authorization: 'Bearer a-key' };
    const body = await photograph('jpeg');
    const uploaded = await send(services.upload, { method: 'POST', path: '/v1/images', headers: own, body });
    const { links } = jsonOf(uploaded);
    for (const path of [links.original, links.file]) {
      const { status, headers } = await send(services.download, { path });
      expect(status, path).to.equal(200);
      expect(headers['cache-control'], path).to.match(/^public/);
      const known = { 'if-none-match': String(headers.etag) };
      for (let times = 0; times < 3; times += 1)
        expect((await send(services.download, { path, headers: known })).status).to.equal(304);
      for (const authorization of ['Bearer another-key', 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.AA', 'Basic YTpi', 'x'])
        for (const method of ['GET', 'HEAD'])
          for (const more of [{}, known, { range: 'bytes=0-9' }]) {
            const pretended = { method, path, headers: { authorization, ...more } };
            expect((await send(services.download, pretended)).status, JSON.stringify(pretended)).to.equal(404);
          }
      expect((await send(services.download, { path, headers: own })).status).to.equal(200);
      expect((await send(services.download, { path, headers: { ...own, ...known } })).status).to.equal(304);
    }
  });
});
