import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';

type Credentials = { authorization: string } | undefined;

const ANNA = await as('Anna');
const BERT = await as('Bert');
const jpeg = await photograph('jpeg', 60, 40);

/** The Cache API of pages, which looks at Vary and not at Cache-Control. */
interface PageCaches {
  open(name: string): Promise<{
    put(request: Request, response: Response): Promise<void>;
    match(request: Request): Promise<Response | undefined>;
  }>;
}

/** The statuses of requests that a page makes one after the other, each by other credentials. */
const statusesOf = (page: Page, path: string, credentials: Credentials[]): Promise<number[]> =>
  page.evaluate(
    async ([url, each]) => {
      const statuses: number[] = [];
      for (const headers of each) {
        const response = await fetch(url, headers && { headers });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      return statuses;
    },
    [path, credentials] as const,
  );

/** To whom a cache of the page gives what was put there for the first of them. */
const givenTo = (page: Page, path: string, credentials: Credentials[]): Promise<boolean[]> =>
  page.evaluate(
    async ([url, each]) => {
      const [first, ...others] = each.map((headers) => new Request(url, headers && { headers })) as [Request];
      const { caches } = globalThis as unknown as { caches: PageCaches };
      const cache = await caches.open('images');
      await cache.put(first, await fetch(first.clone()));
      return Promise.all([first, ...others].map(async (request) => (await cache.match(request)) !== undefined));
    },
    [path, credentials] as const,
  );

describe('Private images in a browser that several people use', () => {
  let services: Services;
  let browser: Browser;
  let page: Page;
  let image: ImageView;
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    services = await startServices({ owners: true });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await services?.stop();
  });
  beforeEach(async () => {
    const path = '/v1/images?visibility=private';
    image = jsonOf(await send(services.upload, { method: 'POST', path, headers: ANNA, body: jpeg }));
    page = await (await browser.newContext()).newPage();
    await page.goto(`${services.download}/v1/limits`);
  });
  afterEach(() => page?.context().close());

  for (const [what, pathOf, toStrangers] of [
    ['the original by its hash', ({ links }: ImageView) => links.file, 404],
    ['the original by its name', ({ links }: ImageView) => links.original, 404],
    ['the record', ({ links }: ImageView) => links.self, 401],
  ] as const) {
    it(`leave ${what} to nobody else in its cache`, async () => {
      const statuses = await statusesOf(page, pathOf(image), [ANNA, BERT, undefined, ANNA]);
      expect(statuses).to.deep.equal([200, 404, toStrangers, 200]);
    });

    it(`leave ${what} to nobody else in a cache of the page`, async () => {
      expect(await givenTo(page, pathOf(image), [ANNA, BERT, undefined])).to.deep.equal([true, false, false]);
    });
  }

  it('are in the audit trail each time that they are read, and are sent once', async () => {
    const before = services.audit.length;
    expect(await statusesOf(page, image.links.file, [ANNA, ANNA, BERT])).to.deep.equal([200, 200, 404]);
    expect(services.audit.slice(before).map(({ status }) => status)).to.deep.equal([200, 304, 404]);
  });

  it('are gone from its cache when they are deleted', async () => {
    expect(await statusesOf(page, image.links.file, [ANNA])).to.deep.equal([200]);
    await send(services.upload, { method: 'DELETE', path: image.links.self, headers: ANNA });
    expect(await statusesOf(page, image.links.file, [ANNA])).to.deep.equal([410]);
  });
});
