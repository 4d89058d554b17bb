import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { LinkView } from '../../shared/contracts/api/link.ts';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { linkTo, signedFor } from '../support/http/links.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../support/services/downloads.ts';
import { startServices } from '../support/services/services.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';

const AUTHORIZATION = { authorization: 'Bearer a-key' };
const jpeg = await photograph('jpeg', 60, 40);
const made = { bytes: await photograph('webp', 20, 20), format: 'webp' } as const;

const DOCUMENTED = readFileSync(new URL('../../docs/downloading.md', import.meta.url), 'utf8');
const [, PAGE = ''] = /^```html\n(<!doctype html>.*?)^```$/ms.exec(DOCUMENTED) ?? [];
const SERVICE = 'http://127.0.0.1:8080';

/** Makes the page report what it shows and what it can read. */
const TELL = `<script type="module">
  const image = document.querySelector('#card');
  const tell = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) });
  image.addEventListener('load', async () => {
    const { length } = await (await fetch(image.src)).bytes();
    tell({ shown: [image.naturalWidth, image.naturalHeight], length });
  });
  image.addEventListener('error', () => tell({ broken: true }));
  new MutationObserver(() => tell({ title: document.title })).observe(document.querySelector('title'), { childList: true });
</script>`;

type Links = Record<'card' | 'events', LinkView>;

/** The documentation's page on a server at another origin, with everything that it has reported. */
async function servePage(service: string, links: Links): Promise<{ server: Server; url: string; told: unknown[] }> {
  const told: unknown[] = [];
  const answers: Record<string, string> = {
    '/': `${PAGE.replace(SERVICE, service)}${TELL}`,
    '/links': JSON.stringify(links),
  };
  const server = createServer(async (request, response) => {
    const { url = '' } = request;
    if (url === '/told') told.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    response.setHeader('content-type', url === '/' ? 'text/html' : 'application/json').end(answers[url] ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, told };
}

describe('The page of docs/downloading.md that shows a private image', () => {
  let downloads: Downloads;
  let imageId: string;
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    const apiKeys = createHash('sha256').update('a-key').digest('hex');
    downloads = downloadsOf(await startServices({ apiKeys }));
  });
  after(() => downloads?.services.stop());
  beforeEach(async () => {
    const sent = { method: 'POST', path: '/v1/images?visibility=private&rendition=thumb', headers: AUTHORIZATION };
    imageId = jsonOf(await send(downloads.services.upload, { ...sent, body: jpeg })).imageId;
  });

  async function withPage(links: Links, use: (told: unknown[]) => Promise<void>): Promise<void> {
    const { server, url, told } = await servePage(downloads.services.download, links);
    const browser = await openBrowser();
    try {
      await (await browser.newPage()).goto(url);
      await use(told);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  }

  it('names the URL of the service', () => {
    expect(PAGE).to.include(SERVICE).and.include('new EventSource');
  });

  it('shows the image when it is ready, in Chromium, with links and without a key', async () => {
    const ask = (asked: Parameters<typeof linkTo>[2]) => linkTo(downloads.services, imageId, asked, AUTHORIZATION);
    const links = { card: await ask({ target: 'rendition', name: 'thumb' }), events: await ask({ target: 'events' }) };
    await withPage(links, async (told) => {
      await downloads.isWaitedFor(imageId);
      await downloads.make({ imageId, name: 'thumb' }, made);
      await eventually('the page shows the image', () => told.length > 0, 60_000);
      expect(told).to.deep.equal([{ shown: [20, 20], length: made.bytes.length }]);
    });
  });

  it('says when its links have expired, and stops asking', async () => {
    const past = (path: string): LinkView => ({ url: signedFor(path, -1), expiresAt: new Date(0).toISOString() });
    const own = `/v1/images/${imageId}`;
    await withPage({ card: past(`${own}/renditions/thumb`), events: past(`${own}/events`) }, async (told) => {
      await eventually('the page is refused', () => told.length > 0, 60_000);
      expect(told).to.deep.equal([{ title: 'The link has ended' }]);
      const asked = downloads.services.logs.filter(
        ({ operation, path }) => operation === 'getEvents' && path === `${own}/events`,
      );
      expect(asked.map(({ code }) => code)).to.deep.equal(['link_expired']);
    });
  });
});
