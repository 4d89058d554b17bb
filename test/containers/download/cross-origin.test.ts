import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createGateway } from '../../../scripts/gateway.ts';
import { methodsAt, ROUTES, routeList } from '../../../shared/contracts/api/routes.ts';
import { type Answered, jsonOf, send } from '../../support/http/http-client.ts';
import { end, listen } from '../../support/http/plain-servers.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;
const APP = 'https://app.example.com';
const ORIGINS = [APP, 'https://stranger.example.com', 'null', undefined];
const DOCUMENTS = routeList.filter(({ scope }) => scope === 'public').map(({ path }) => path.replace('{asset}', 'a'));

const from = (origin: string | undefined) => (origin === undefined ? {} : { origin });

/** Expects that any page may read the answer, and that it does not depend on the origin, which is not in a CDN's cache key. */
function expectOpen({ status, headers }: Answered, what: string): void {
  const told = `${what} ${status}`;
  expect(headers['access-control-allow-origin'], told).to.equal('*');
  expect(headers['access-control-expose-headers'], told)
    .to.match(/Retry-After/)
    .and.match(/X-Request-Id/);
  expect(String(headers.vary ?? ''), told).to.not.match(/origin/i);
}

for (const corsOrigins of ['', APP, '*']) {
  describe(`CORS for pages of any origin, with CORS_ORIGINS=${corsOrigins}`, () => {
    let services: Services;
    let downloads: Downloads;
    before(async () => {
      services = await startServices({ corsOrigins });
      downloads = downloadsOf(services);
    });
    after(() => services.stop());

    const expectAllOpen = async (paths: Record<number, string>, headers: Record<string, string> = {}) => {
      for (const [status, path] of Object.entries(paths)) {
        for (const method of headers.range ? ['GET'] : ['GET', 'HEAD']) {
          for (const origin of ORIGINS) {
            const answer = await downloads.get(path, { ...from(origin), ...headers }, method);
            expect(answer.status, path).to.equal(Number(status));
            expectOpen(answer, `${method} ${path}`);
          }
        }
      }
    };

    it('lets any page read public bytes, and the errors and 202 answers in their place', async () => {
      const { imageId, links } = await downloads.upload(jpeg, ['thumb', 'small']);
      await downloads.make({ imageId, name: 'small' }, made);
      const deleted = await downloads.upload(jpeg);
      await downloads.delete(deleted.imageId);
      const record = jsonOf(await downloads.get(links.self));
      const ready = `${links.self}/renditions/small`;
      const paths = { 202: `${links.self}/renditions/thumb`, 410: deleted.links.original };
      await expectAllOpen({ ...paths, 200: ready, 404: `${links.self}/renditions/none`, 400: '/v1/images/1/original' });
      await expectAllOpen({ 200: links.original, 404: `/v1/images/${randomUUID()}/original` });
      await expectAllOpen({ 200: record.links.file, 404: `${links.self}/files/${'0'.repeat(32)}.jpg` });
      await expectAllOpen({ 206: ready }, { range: 'bytes=0-1' });
      await expectAllOpen({ 304: ready }, { 'if-none-match': '*' });
      await expectAllOpen({ 412: ready }, { 'if-match': '"another"' });
      await expectAllOpen({ 416: ready }, { range: 'bytes=99999999-' });
    });

    it('lets any page read what belongs to nobody', async () => {
      for (const path of DOCUMENTS) {
        const { status } = await downloads.get(path);
        await expectAllOpen({ [status]: path });
      }
    });

    it('answers preflights of any page for these', async () => {
      for (const { path } of [ROUTES.getOriginal, ROUTES.getRendition, ROUTES.getFile, ROUTES.getLimits]) {
        const asked = path.replace('{imageId}', randomUUID()).replaceAll(/\{\w+\}/g, 'a');
        const headers = { origin: 'null', 'access-control-request-method': 'GET' };
        const answer = await downloads.get(asked, headers, 'OPTIONS');
        expect(answer.status).to.equal(204);
        expectOpen(answer, path);
        expect(answer.headers['access-control-allow-methods']).to.equal(methodsAt(path).join(', '));
        expect(answer.headers['access-control-allow-headers'])
          .to.match(/\bprefer\b/)
          .and.match(/\bif-none-match\b/);
      }
    });

    it('lets no page read what belongs to an owner', async () => {
      const { imageId, links } = await downloads.upload(jpeg, ['thumb', 'small'], '?visibility=private');
      await downloads.fail({ imageId, name: 'thumb' });
      const paths = [
        links.self,
        links.original,
        '/v1/images',
        `${links.self}/renditions/thumb`,
        `${links.self}/renditions/none`,
      ];
      for (const path of [...paths, `${links.self}/renditions/small`]) {
        const { headers } = await downloads.get(path, { origin: 'https://stranger.example.com' });
        expect(headers['access-control-allow-origin'], path).to.equal(corsOrigins === '*' ? '*' : undefined);
        const own = await downloads.get(path, { origin: APP });
        expect(own.headers['access-control-allow-origin'], path).to.equal(corsOrigins || undefined);
      }
    });
  });
}

describe('Errors of the gateway itself', () => {
  const gateway = createGateway({ 'sync-upload': 'http://127.0.0.1:1' });
  let url: string;
  before(async () => {
    url = await listen(gateway);
  });
  after(() => end(gateway));

  it('may be read by any page, if there is no service or it does not answer', async () => {
    const expected = [
      ['GET', '/none', 404],
      ['OPTIONS', '/none', 404],
      ['POST', '/v1/images', 502],
      ['GET', '/v1/limits', 503],
      ['OPTIONS', '*', 204],
    ] as const;
    for (const [method, path, status] of expected) {
      const answer = await send(url, { method, path, headers: { origin: APP } });
      expect(answer.status, `${method} ${path}`).to.equal(status);
      expectOpen(answer, `${method} ${path}`);
    }
  });
});
