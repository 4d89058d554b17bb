import { expect } from 'chai';
import { type Downloads, downloadsOf } from '../../support/downloads.ts';
import { expectProblem, jsonOf } from '../../support/http-client.ts';
import { photograph } from '../../support/photographs.ts';
import { type Services, startServices } from '../../support/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** What links get on their way: versions of pages, marks of networks and mailings, and what nobody meant. */
const QUERIES = [
  'v=2',
  'fbclid=IwAR0&utm_source=a%20b',
  'v=1&v=2',
  '',
  '=',
  'a[b]=c',
  '__proto__=1',
  'width=20',
  `x=${'y'.repeat(4000)}`,
];

describe('what else the query of an image says', () => {
  let services: Services;
  let downloads: Downloads;
  let paths: string[];
  before(async () => {
    services = await startServices();
    downloads = downloadsOf(services);
    const { imageId, links } = await downloads.upload(jpeg, ['thumb']);
    await downloads.make({ imageId, name: 'thumb' }, made);
    const { renditions } = jsonOf(await downloads.get(links.self));
    paths = [links.original, links.file, ...Object.values<string>(renditions[0].links)];
  });
  after(() => services.stop());

  it('changes nothing of it', async () => {
    for (const path of paths) {
      const plain = await downloads.get(path);
      expect(plain.status).to.equal(200);
      const { date: _now, 'x-request-id': _its, ...headers } = plain.headers;
      for (const query of QUERIES) {
        const answer = await downloads.get(`${path}?${query}`);
        expect(answer.status, query).to.equal(200);
        expect(answer.headers).to.deep.include(headers);
        expect(answer.body.equals(plain.body)).to.equal(true);
        const unchanged = { 'if-none-match': String(headers.etag) };
        expect((await downloads.get(`${path}?${query}`, unchanged)).status, query).to.equal(304);
        const saved = await downloads.get(`${path}?${query}&download=holiday`);
        expect(saved.headers['content-disposition'], query).to.match(/^attachment; filename=holiday\.(jpg|webp)$/);
      }
    }
  });

  it('is a mistake where it asks for something: of lists, records and uploads', async () => {
    const [original = ''] = paths;
    for (const path of ['/v1/images', original.replace(/\/original$/, '')]) {
      expectProblem(await downloads.get(`${path}?statuss=ready`), 'invalid_request');
    }
  });
});
