import { expect } from 'chai';
import { expectProblem, jsonOf } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../../support/services/downloads.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

/** Query parameters that links pick up: versions of pages, marks of networks and mailings, and mistakes. */
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

describe('An unknown query parameter', () => {
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

  it('does not change bytes of an image', async () => {
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

  it('does not change the record, nor the pages that people share', async () => {
    const [record = ''] = paths.map((path) => path.replace(/\/original$/, ''));
    for (const path of [record, '/', '/docs', '/docs/front.css', '/favicon.ico']) {
      const plain = await downloads.get(path);
      expect(plain.status, path).to.equal(200);
      for (const query of QUERIES) {
        const answer = await downloads.get(`${path}?${query}`);
        expect(answer.status, `${path}?${query}`).to.equal(200);
        expect(answer.headers.etag).to.equal(plain.headers.etag);
        expect(answer.body.equals(plain.body)).to.equal(true);
      }
    }
  });

  it('does not change the events', async () => {
    const [original = ''] = paths;
    const path = original.replace(/original$/, 'events');
    for (const query of ['', ...QUERIES]) {
      const answer = await downloads.get(`${path}?${query}`);
      expect([answer.status, answer.headers['content-type']], query).to.deep.equal([
        200,
        'text/event-stream; charset=utf-8',
      ]);
      expect(answer.body.toString()).to.include('event: settled');
    }
  });

  it('is refused by routes for programs: lists, limits and uploads', async () => {
    for (const name of ['curser', 'statuss', 'utm_source', 'v']) {
      const problem = expectProblem(await downloads.get(`/v1/images?limit=1&${name}=ready`), 'invalid_request');
      expect(problem.errors?.map(({ path }) => path)).to.deep.equal([`query.${name}`]);
      expectProblem(await downloads.get(`/v1/limits?${name}=ready`), 'invalid_request');
    }
  });
});
