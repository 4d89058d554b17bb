import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { documentedBlocks } from '../support/http/documented-blocks.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { startWatchedProxy, type WatchedProxy } from '../support/http/watched-proxy.ts';
import { startWebServer, type WebServer } from '../support/http/web-server.ts';
import { paddedTo, photograph } from '../support/images/photographs.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { type MadeToken, madeToken } from '../support/services/upload-tokens.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';
import { bundledRecipe, openUppyPage, servePage } from './uppy-page.ts';

const PAGE = 'docs/upload-tokens.md';
const MiB = 1024 * 1024;
const small = await photograph('jpeg', 300, 200);
const large = Buffer.concat([...paddedTo(small, 17 * MiB)]);
const PLACEHOLDER = 'ist_…';

const documented = (language: string, url: string): string => {
  const block = documentedBlocks(PAGE, url).find((each) => each.language === language);
  if (!block) throw new Error(`${PAGE} has no block in ${language}.`);
  return block.code;
};

/** Applies the page's changes to a program: each line to remove must be in it, and is replaced by the lines to add before the next one. */
function changedBy(diff: string, program: string): string {
  const lines = diff.split('\n');
  const old = lines.filter((line) => /^[- ]/.test(line)).map((line) => line.slice(1));
  const after = lines.filter((line) => /^[+ ]/.test(line)).map((line) => line.slice(1));
  const before = old.join('\n');
  expect(program, 'what the page changes').to.include(before);
  return program.replace(before, () => after.join('\n'));
}

describe('A browser whose user has no key uploads with an upload token', () => {
  let services: Services;
  let proxy: WatchedProxy;
  let browser: Browser;
  let folder: TemporaryFolder;
  let site: WebServer;
  /** The page and the script of the site. */
  let recipe = '';
  let html = '';
  let formSite: WebServer;
  let made: MadeToken;
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    site = await servePage(() => recipe);
    formSite = await startWebServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
    services = await startServices({ owners: true, corsOrigins: site.url });
    proxy = await startWatchedProxy(services);
    folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'small.jpg'), small);
    await writeFile(join(folder.path, 'large.jpg'), large);
    await writeFile(join(folder.path, 'picture.png'), await photograph('png'));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    for (const server of [site, formSite, proxy, services]) await server?.stop();
    await folder?.remove();
  });
  beforeEach(async () => {
    made = await madeToken(services, {
      maxBytes: large.length,
      types: ['image/jpeg'],
      renditions: ['thumb'],
      visibility: 'private',
      metadata: { order: '17' },
    });
  });

  async function expectUploaded(bytes: Buffer, fileName: string): Promise<void> {
    const path = `/v1/images/${made.imageId}`;
    const record = jsonOf(await send(services.download, { path, headers: await as('shop') }));
    const checksumSha256 = createHash('sha256').update(bytes).digest('base64');
    expect(record).to.include({ checksumSha256, fileName, visibility: 'private' });
    expect(record.metadata.order).to.equal('17');
    expect(record.renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['thumb']);
  }

  /** Chooses a file in a page with the script of the site, and resolves to what the script says. */
  async function told(file: string): Promise<string> {
    const page = await openUppyPage(browser, site.url);
    await page.choose(join(folder.path, file));
    return page.outcome().finally(() => page.close());
  }

  it('by the form of the documentation, without scripts', async () => {
    html = documented('html', proxy.url).replace('SERVICE/v1/images?uploadToken=TOKEN', proxy.url + made.links.form);
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(formSite.url);
    await page.setInputFiles('input[name=file]', join(folder.path, 'small.jpg'));
    const [answer] = await Promise.all([page.waitForResponse(/\/v1\/images\?/), page.click('button')]);
    expect(answer.status()).to.equal(201);
    await page.close();
    await expectUploaded(small, 'small.jpg');
  });

  it('by the script of the documentation, with fetch', async () => {
    recipe = documented('js', proxy.url).replace(PLACEHOLDER, made.token);
    expect(await told('small.jpg')).to.equal(`uploaded ${proxy.url}/v1/images/${made.imageId}`);
    await expectUploaded(small, 'small.jpg');
  });

  it('and is told what the token does not allow', async () => {
    recipe = documented('js', proxy.url).replace(PLACEHOLDER, made.token);
    expect(await told('picture.png')).to.match(/^failed upload_token_exceeded .*image\/png.*image\/jpeg/);
  });

  it("by Uppy, in parts, with the documentation's change of its recipe", async () => {
    recipe = await bundledRecipe(proxy.url, (code) =>
      changedBy(documented('diff', proxy.url), code).replace(PLACEHOLDER, made.token),
    );
    expect(await told('large.jpg')).to.equal(`uploaded ${proxy.url}/v1/images/${made.imageId}`);
    await expectUploaded(large, 'large.jpg');
    const parts = proxy.exchanges.filter(({ method, path }) => method === 'PUT' && path.includes('/parts/'));
    expect(parts).to.have.length(3);
  });
});
