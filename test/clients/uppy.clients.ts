import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { jsonOf, send } from '../support/http/http-client.ts';
import { startWatchedProxy, type Verdict, type WatchedProxy } from '../support/http/watched-proxy.ts';
import type { WebServer } from '../support/http/web-server.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { isComplete, isCreate, isPart, partNumber, type Request } from '../support/services/upload-bench.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';
import { bundledRecipe, openUppyPage, servePage, type UppyPage } from './uppy-page.ts';

const MiB = 1024 * 1024;
const image = Buffer.concat([...paddedTo(await photograph('jpeg'), 17 * MiB)]);
const CHECKSUM = createHash('sha256').update(image).digest('base64');

type Step = (request: Request) => boolean;

const isList: Step = ({ method, path }) => method === 'GET' && path.endsWith('/parts');
const STEPS: Record<string, Step> = {
  'creating the upload': isCreate,
  'signing a part': ({ method, path }) => method === 'POST' && path.endsWith('/part-urls'),
  'sending the first part': (request) => isPart(request) && partNumber(request) === 1,
  'sending the second part': (request) => isPart(request) && partNumber(request) === 2,
  'sending the last part': (request) => isPart(request) && partNumber(request) === 3,
  completing: isComplete,
};

/** An error answer of a load balancer, which pages of other origins cannot read. */
const UNAVAILABLE: Verdict = { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>503</h1>' };
const OWN_503: Verdict = {
  status: 503,
  headers: { 'content-type': 'application/problem+json', 'access-control-allow-origin': '*' },
  body: '{"status":503,"code":"service_unavailable","detail":"Not now."}',
};
const STALLED: Verdict = { ...OWN_503, status: 408, body: '{"status":408,"code":"request_timeout","detail":"Slow."}' };

describe("Uppy, by the documentation's recipe,", () => {
  let services: Services;
  let site: WebServer;
  let proxy: WatchedProxy;
  let browser: Browser;
  let folder: TemporaryFolder;
  let recipe: string;
  let page: UppyPage;
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    site = await servePage(() => recipe);
    services = await startServices({ corsOrigins: site.url });
    proxy = await startWatchedProxy(services);
    recipe = await bundledRecipe(proxy.url);
    folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'holiday.jpg'), image);
    await writeFile(join(folder.path, 'notes.jpg'), 'These are no pixels.');
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    await proxy?.stop();
    await services?.stop();
    await folder?.remove();
  });
  beforeEach(async () => {
    Object.assign(proxy, { before: () => 'pass', after: () => 'pass' });
    proxy.exchanges.splice(0);
    page = await openUppyPage(browser, site.url);
  });
  afterEach(() => page.close());

  const choose = () => page.choose(join(folder.path, 'holiday.jpg'));
  const asked = (step: Step) => proxy.exchanges.filter((each) => each.method !== 'OPTIONS' && step(each));

  /** True for the first request of a step only. */
  const once = (step: Step) => {
    let left = 1;
    return (request: Request) => request.method !== 'OPTIONS' && step(request) && left-- > 0;
  };

  async function expectUploaded(): Promise<void> {
    const told = await page.outcome();
    expect(told).to.match(/^uploaded /);
    const path = new URL(told.slice('uploaded '.length)).pathname;
    const record = jsonOf(await send(services.download, { path }));
    expect(record).to.include({ checksumSha256: CHECKSUM, contentLength: image.length, fileName: 'holiday.jpg' });
    expect(record.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['thumb']);
  }

  /** Expects one upload, however often it was requested. */
  function expectOneUpload(): void {
    const ids = asked(isCreate)
      .filter(({ status }) => status === 201)
      .map(({ body }) => JSON.parse(body.toString()).uploadId);
    expect(new Set(ids).size).to.equal(1);
  }

  it('uploads in parts of the size that the service names, each once', async () => {
    await choose();
    await expectUploaded();
    expect(asked(isPart).map(partNumber)).to.have.members([1, 2, 3]);
    expect(asked(isComplete)).to.have.length(1);
    expect(JSON.parse(String(asked(isCreate)[0]?.body)).partSize).to.equal(8 * MiB);
  });

  const answers: [what: string, verdict: Verdict][] = [
    ['a 503 of a proxy', UNAVAILABLE],
    ['a 503 of the service', OWN_503],
    ['a broken connection', 'hangUp'],
    ['a 408', STALLED],
  ];
  for (const [name, step] of Object.entries(STEPS)) {
    for (const [what, verdict] of answers) {
      it(`recovers from ${what} at ${name}`, async () => {
        const isFirst = once(step);
        proxy.before = (request) => (isFirst(request) ? verdict : 'pass');
        await choose();
        await expectUploaded();
        expectOneUpload();
      });
    }

    it(`recovers from a lost answer at ${name}`, async () => {
      const isFirst = once(step);
      proxy.after = (exchange) => (isFirst(exchange) ? 'hangUp' : 'pass');
      await choose();
      await expectUploaded();
      expectOneUpload();
      expect(asked(step).length).to.be.at.least(2);
    });
  }

  it('recovers from all of them in one upload', async () => {
    const firsts = [...Object.values(STEPS).map(once), ...Object.values(STEPS).map(once)];
    proxy.before = (request) => (firsts.some((isFirst) => isFirst(request)) ? UNAVAILABLE : 'pass');
    await choose();
    await expectUploaded();
    expectOneUpload();
  });

  /** Pauses when the last part is being sent, and resumes. */
  const pauseAtLastPart = (atList: Verdict) => {
    const isLast = once((request) => isPart(request) && partNumber(request) === 3);
    const isFirstList = once(isList);
    proxy.before = async (request): Promise<Verdict> => {
      if (isFirstList(request)) return atList;
      if (!isLast(request)) return 'pass';
      await page.pause();
      await page.resume();
      return 'hangUp';
    };
  };
  for (const [what, verdict] of answers) {
    it(`recovers from ${what} at listing the parts, when it resumes after a pause`, async () => {
      pauseAtLastPart(verdict);
      await choose();
      await expectUploaded();
      expect(asked(isList).length).to.be.at.least(1);
    });
  }

  it('resumes after a pause while the upload is being completed', async () => {
    // The service has completed the upload, but the page has not got the answer.
    const isFirst = once(isComplete);
    proxy.after = (exchange) => (isFirst(exchange) ? 'hangUp' : 'pass');
    let asks = 0;
    proxy.before = async (request): Promise<Verdict> => {
      if (request.method !== 'OPTIONS' && isComplete(request)) asks += 1;
      if (asks !== 2) return 'pass';
      await page.pause();
      await page.resume();
      return 'pass';
    };
    await choose();
    await expectUploaded();
  });

  it('shows what the service says about bytes that are not an image, and does not retry', async () => {
    await page.choose(join(folder.path, 'notes.jpg'));
    expect(await page.outcome()).to.match(/^failed notes\.jpg .*image/);
    expect(asked(isComplete)).to.have.length(1);
  });
});
