import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { closeSvgSanitizer, sanitizeSvg } from '../../shared/uploads/svg/sanitize-svg.ts';
import { hostileSvgs } from '../support/drawings/hostile-svgs.ts';
import { startWebServer, type WebServer } from '../support/http/web-server.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';

const sanitize = (svg: Buffer) => sanitizeSvg(svg, 'anybody');

/** Milliseconds in which a drawing that loads something or runs a program has begun to. */
const SETTLING_MS = 60;

/** Clicks on all links of the page, and says whether a script has run. */
const CLICK_ALL = `
for (const each of document.querySelectorAll('*'))
  if (each.localName === 'a' || each.hasAttribute('onclick')) each.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
`;

describe('Chromium, shown hostile drawings as documents,', () => {
  let browser: Browser;
  let page: Page;
  let [site, other]: WebServer[] = [];
  let shown: Buffer = Buffer.alloc(0);
  /** Every request of the browser, and every request that came to the other site. */
  const requests: string[] = [];
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    site = await startWebServer((request, response) => {
      if (request.url !== '/drawing.svg') response.statusCode = 404;
      response.setHeader('content-type', 'image/svg+xml').end(shown);
    });
    other = await startWebServer((request, response) => {
      requests.push(`${other?.url}${request.url}`);
      response.end();
    });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    for (const server of [site, other]) await server?.stop();
    await closeSvgSanitizer();
  });

  beforeEach(async () => {
    page = await browser.newPage();
    page.on('request', (request) => requests.push(request.url()));
  });
  afterEach(() => page?.close());

  /** What a drawing does when it is opened and its links are clicked, other than to be loaded. */
  async function doingsOf(svg: Buffer): Promise<string[]> {
    shown = svg;
    requests.splice(0);
    const address = `${site?.url}/drawing.svg`;
    await page.goto(address);
    await setTimeout(SETTLING_MS);
    const ran = await page.evaluate(`${CLICK_ALL}; globalThis.canary`).catch(() => 'gone elsewhere');
    await setTimeout(SETTLING_MS / 2);
    const runs = ran ?? (await page.evaluate('globalThis.canary').catch(() => 'gone elsewhere'));
    const [own, ...others] = requests;
    expect(own).to.equal(address);
    return [...others, ...(runs ? [`ran: ${runs}`] : [])];
  }

  it('asks for nothing and runs nothing of them once they are sanitised', async () => {
    for (const { kind, name, svg } of hostileSvgs(`${other?.url}/leak`)) {
      const result = await sanitize(Buffer.from(svg));
      expect(await doingsOf(result.svg), `${kind}: ${name}`).to.deep.equal([]);
    }
  });

  it('asks for something or runs a program where one of a kind is not sanitised, so that the test would notice', async () => {
    const all = hostileSvgs(`${other?.url}/leak`);
    for (const kind of new Set(all.map((each) => each.kind))) {
      let noticed = 0;
      for (const each of all.filter((one) => one.kind === kind)) {
        if (noticed > 0) break;
        noticed = (await doingsOf(Buffer.from(each.svg))).length;
      }
      expect(noticed, kind).to.be.above(0);
    }
  });
});
