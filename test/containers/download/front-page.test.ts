import { expect } from 'chai';
import sharp from 'sharp';
import { type Answered, expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

/** The Accept headers of Chromium and Firefox for a page. */
const OF_BROWSERS = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

const isPage = ({ headers }: Answered) => /^text\/html/.test(String(headers['content-type']));

describe('The front page', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const get = (path: string, headers: Record<string, string> = {}) => send(services.download, { path, headers });

  const forPeople = [
    undefined,
    '',
    '*/*',
    OF_BROWSERS,
    'text/html, application/json',
    'application/json;q=0.5,text/html',
  ];
  for (const accept of [...forPeople, 'application/json;q=0']) {
    it(`is sent as HTML for Accept: ${accept ?? '(none)'}`, async () => {
      expect(isPage(await get('/', accept === undefined ? {} : { accept }))).to.equal(true);
    });
  }

  for (const accept of [
    'application/json',
    'Application/JSON',
    'application/json, text/plain, */*',
    'application/json,text/html;q=0.9',
  ]) {
    it(`is sent as JSON with working links for Accept: ${accept}`, async () => {
      const answer = await get('/', { accept });
      const { links } = jsonOf(answer);
      expect(Object.keys(links)).to.include.members(['documentation', 'openApi', 'limits', 'images', 'uploads']);
      for (const path of Object.values(links) as string[]) {
        const base = path === links.uploads ? services.asyncUpload : services.download;
        expect((await send(base, { method: 'OPTIONS', path })).status, path).to.equal(204);
      }
    });
  }

  it('varies by Accept, and is revalidated in either form', async () => {
    for (const accept of [OF_BROWSERS, 'application/json']) {
      const answer = await get('/', { accept });
      expect(String(answer.headers.vary).split(',')).to.include('accept');
      const again = await get('/', { accept, 'if-none-match': String(answer.headers.etag) });
      expect(again.status, accept).to.equal(304);
      expect(String(again.headers.vary).split(',')).to.include('accept');
    }
  });

  it('has nothing that its policy forbids, and loads only files that are served', async () => {
    const answer = await get('/');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy)
      .to.match(/^default-src 'none';/)
      .and.to.not.match(/unsafe|https?:|\*/);
    const page = answer.body.toString();
    expect(page).to.not.match(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|https?:/);
    const paths = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(paths).to.include.members(['/docs/front.css', '/docs/front.js', '/favicon.ico', '/docs']);
    for (const path of new Set(paths)) expect((await get(path)).status, path).to.equal(200);
  });

  it('ignores unknown query parameters', async () => {
    expect((await get('/?fbclid=1&v=2')).status).to.equal(200);
  });

  it('has an icon of 32 × 32 pixels', async () => {
    const { headers, body } = await get('/favicon.ico');
    expect(headers['content-type']).to.equal('image/x-icon');
    expect(body.subarray(0, 6).toString('hex'), 'one icon').to.equal('000001000100');
    const [length, offset] = [body.readUInt32LE(14), body.readUInt32LE(18)];
    expect(offset + length).to.equal(body.length);
    const { format, width, height } = await sharp(body.subarray(offset)).metadata();
    expect({ format, width, height }).to.deep.equal({ format: 'png', width: 32, height: 32 });
  });

  it('is served by the download service alone', async () => {
    for (const base of [services.upload, services.asyncUpload]) {
      expectProblem(await send(base, { path: '/' }), 'route_not_found');
    }
  });
});

describe('The documentation page with a slash at the end of its path', () => {
  let services: Services;
  before(async () => {
    services = await startServices({ apiKeys: 'a'.repeat(64) });
  });
  after(() => services.stop());

  it('redirects to the page, also without a key', async () => {
    for (const path of ['/docs/', '/docs/?a=1']) {
      const { status, headers } = await send(services.download, { path });
      expect({ status, location: headers.location }, path).to.deep.equal({ status: 301, location: '/docs' });
    }
  });

  it('is the only redirect: other paths have one spelling', async () => {
    for (const path of ['/v1/limits/', '/v1/images/', '/docs//', '/docs/front.js/']) {
      expectProblem(await send(services.download, { path }), 'route_not_found');
    }
  });
});
