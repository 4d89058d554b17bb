import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { jsonOf, send } from '../support/http/http-client.ts';
import { startWatchedProxy, type WatchedProxy } from '../support/http/watched-proxy.ts';
import { startWebServer, type WebServer } from '../support/http/web-server.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';
import { WHOLE_JOB } from './whole-job.ts';

const photo = await photograph('jpeg', 300, 200);
const KEY = 'the-key-of-a-test';

/** The functions that pages of other origins call. */
const PROGRAM = `
import { askByFetch, wholeJob } from './whole-job.ts';
globalThis.doWholeJob = (base, photo) => wholeJob(askByFetch(base), new Uint8Array(photo));
globalThis.eventsUntilSettled = (url) => new Promise((resolve, reject) => {
  const names = [];
  const events = new EventSource(url);
  events.addEventListener('image', ({ data }) => names.push(JSON.parse(data).renditions[0].status));
  events.addEventListener('settled', () => { events.close(); resolve(names); });
  events.addEventListener('error', () => reject(new Error('no events')));
});
globalThis.drawn = async (url) => {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  canvas.drawImage(image, 0, 0);
  canvas.getImageData(0, 0, 1, 1);
  return [image.naturalWidth, image.naturalHeight];
};
`;

/** A page of another origin with the client program. */
async function serveProgram(): Promise<WebServer> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: import.meta.dirname },
    ...{ bundle: true, format: 'iife', write: false, logLevel: 'silent' },
  });
  const page = `<!doctype html><meta charset="utf-8"><script>${outputFiles[0]?.text}</script>`;
  return startWebServer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
}

describe('Chromium', () => {
  let browser: Browser;
  let stack: StartProcess;
  let url: string;
  let [allowed, other]: WebServer[] = [];
  let folder: TemporaryFolder;
  let file: string;
  let page: Page;
  /** Requests that the browser blocked, and errors of the page. */
  const complaints: string[] = [];
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    folder = await createTemporaryFolder();
    file = join(folder.path, 'holiday.jpg');
    await writeFile(file, photo);
    [allowed, other] = [await serveProgram(), await serveProgram()];
    const data = join(folder.path, 'data');
    stack = spawnStart('--port', '0', '--log', 'silent', '--data', data, '--cors', allowed.url);
    url = await stack.ready();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    for (const site of [allowed, other]) await site?.stop();
    stack?.child.kill('SIGTERM');
    await stack?.ended();
    await folder?.remove();
  });
  afterEach(() => page?.close());

  async function open(address: string, options: { javaScriptEnabled?: boolean } = {}): Promise<void> {
    page = await browser.newPage(options);
    complaints.splice(0);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(address, { waitUntil: 'load' });
  }

  /** Calls a function of the program in the page. */
  const call = <T>(name: string, ...values: unknown[]): Promise<T> =>
    page.evaluate(
      ([called, given]) => (globalThis as unknown as Record<string, (...all: unknown[]) => T>)[called]?.(...given),
      [name, values] as [string, unknown[]],
    ) as Promise<T>;

  const upload = async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(photo)]), 'holiday.jpg');
    form.append('renditions', '["thumb"]');
    return (await (await fetch(`${url}/v1/images`, { method: 'POST', body: form })).json()) as {
      links: { original: string; events: string; self: string };
    };
  };

  describe('with a page at an allowed origin', () => {
    beforeEach(() => open(allowed?.url ?? ''));

    it('does the whole job with fetch', async () => {
      expect(await call('doWholeJob', url, [...photo])).to.deep.equal(WHOLE_JOB);
    });

    it('receives the events of an image by EventSource', async () => {
      const { links } = await upload();
      const told = await call<string[]>('eventsUntilSettled', url + links.events);
      expect(told.at(-1)).to.equal('ready');
    });
  });

  describe('with a page at another origin', () => {
    beforeEach(() => open(other?.url ?? ''));

    it('draws public images on a canvas', async () => {
      const { links } = await upload();
      expect(await call('drawn', url + links.original)).to.deep.equal([300, 200]);
      await eventuallyReady(links.self);
      expect(await call('drawn', `${url}${links.self}/renditions/thumb`)).to.deep.equal([200, 200]);
    });

    it('cannot change anything', async () => {
      const before = jsonOf(await send(url, { path: '/v1/images?limit=100' })).images.length;
      const error = await call('doWholeJob', url, [...photo]).catch((reason: Error) => reason.message);
      expect(error).to.match(/Failed to fetch/);
      expect(jsonOf(await send(url, { path: '/v1/images?limit=100' })).images.length).to.equal(before);
    });
  });

  const eventuallyReady = (self: string) =>
    send(url, { path: `${self}/renditions/thumb`, headers: { prefer: 'wait=20' } });

  async function submit(buffer: Buffer): Promise<void> {
    await page.setInputFiles('#file', { name: 'holiday.jpg', mimeType: 'image/jpeg', buffer });
    await page.click('button');
  }

  describe('with the front page', () => {
    it('uploads an image and shows its renditions, without a blocked request', async () => {
      await open(`${url}/`);
      expect(await page.locator('#key').isVisible()).to.equal(false);
      await page.setInputFiles('#file', file);
      await page.click('button');
      await page.getByText('All is done.').waitFor();
      const sizes = await page
        .locator('#renditions img')
        .evaluateAll((images) => images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth));
      expect(sizes).to.deep.equal([200, 300]);
      const record = JSON.parse(String(await page.locator('#record').textContent()));
      expect(record).to.include({
        fileName: 'holiday.jpg',
        checksumSha256: createHash('sha256').update(photo).digest('base64'),
      });
      expect(complaints).to.deep.equal([]);
    });

    it('shows who may see the image, and changes it', async () => {
      await open(`${url}/`);
      await submit(photo);
      await page.getByText('All is done.').waitFor();
      const record = async () => JSON.parse(String(await page.locator('#record').textContent()));
      const { visibility, links } = await record();
      expect(await page.inputValue('#visibility')).to.equal(visibility);
      for (const chosen of ['private', 'public']) {
        await page.selectOption('#visibility', chosen);
        await page.getByText(`The image is ${chosen}.`).waitFor();
        expect((await record()).visibility).to.equal(chosen);
        expect(jsonOf(await send(url, { path: links.self })).visibility).to.equal(chosen);
      }
      expect(complaints).to.deep.equal([]);
    });

    it('says why a file is refused', async () => {
      await open(`${url}/`);
      await page.setInputFiles('#file', { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('notes') });
      await page.click('button');
      await page.locator('#status.failed').waitFor();
      expect(await page.locator('#status').textContent()).to.match(/JPEG|format/);
    });

    it('warns about a file that ends early', async () => {
      await open(`${url}/`);
      await submit(photo.subarray(0, photo.length * 0.8));
      await page.getByText('is missing or changed').waitFor();
      const told = await page.locator('#renditions .warning').allTextContents();
      expect(told).to.have.lengthOf(2);
      for (const each of told) expect(each).to.match(/^The file ends early: \d+ of 200 rows are missing/);
    });

    it('says once for each rendition why it could not be made, and that not all are done', async () => {
      await open(`${url}/`);
      await submit(photo.subarray(0, photo.length * 0.1));
      await page.getByText('Renditions that could not be made: 2 of 2.').waitFor();
      const told = await page.locator('#renditions .failed').allTextContents();
      expect(told.map((each) => each.match(/^(\w+): (?!.*\b\1\b)[A-Z]/)?.[1])).to.deep.equal(['thumb', 'medium']);
      expect(await page.getByText('All is done').count()).to.equal(0);
    });

    it('removes the previous image when it shows a refusal', async () => {
      await open(`${url}/`);
      await submit(photo);
      await page.getByText('All is done.').waitFor();
      await submit(Buffer.from('notes'));
      await page.locator('#status.failed').waitFor();
      expect(await page.locator('#result').isVisible()).to.equal(false);
      expect(await page.locator('#renditions li').count()).to.equal(0);
      expect(await page.locator('#record').textContent()).to.equal('');
    });

    it('uploads by its form where scripts are off', async () => {
      await open(`${url}/`, { javaScriptEnabled: false });
      await page.setInputFiles('#file', file);
      const [answer] = await Promise.all([page.waitForResponse(/\/v1\/images$/), page.click('button')]);
      expect(answer.status()).to.equal(201);
    });

    it('is no wider than a phone', async () => {
      await open(`${url}/`);
      await page.setViewportSize({ width: 320, height: 640 });
      await page.setInputFiles('#file', file);
      await page.click('button');
      await page.getByText('All is done.').waitFor();
      const root = page.locator('html');
      expect(await root.evaluate((html) => (html as unknown as { scrollWidth: number }).scrollWidth)).to.equal(320);
    });
  });

  describe('with the front page, where keys are required,', () => {
    let services: Services;
    let proxy: WatchedProxy;
    before(async () => {
      services = await startServices({ apiKeys: createHash('sha256').update(KEY).digest('hex') });
      proxy = await startWatchedProxy(services);
    });
    after(async () => {
      await proxy?.stop();
      await services?.stop();
    });
    afterEach(() => page.close());
    beforeEach(async () => {
      await open(`${proxy.url}/`);
      await page.getByLabel('API key or token').waitFor();
    });

    it('sends the entered key, and says when it is missing or wrong', async () => {
      await submit(photo);
      await page.getByText('The service wants an API key or a token.').waitFor();
      await page.fill('#key', 'another');
      await page.click('button');
      await page.getByText('The service does not know this API key or token.').waitFor();
      await page.fill('#key', KEY);
      await page.click('button');
      await page.locator('#result').waitFor();
      expect(await page.locator('#record').textContent()).to.include('holiday.jpg');
    });

    it('asks before it publishes an original whose metadata would have been removed of a public one', async () => {
      const strict = await startServices({
        apiKeys: createHash('sha256').update(KEY).digest('hex'),
        defaultVisibility: 'private',
        ingestion: { ORIGINAL_METADATA: 'strip-public' },
      });
      const shown = await startWatchedProxy(strict);
      try {
        await open(`${shown.url}/`);
        await page.fill('#key', KEY);
        await submit(photo);
        await page.locator('#result').waitFor();
        page.once('dialog', (dialog) => void dialog.dismiss());
        await page.selectOption('#visibility', 'public');
        await page.getByText('its personal metadata were not removed').waitFor();
        expect(await page.inputValue('#visibility')).to.equal('private');
        page.once('dialog', (dialog) => void dialog.accept());
        await page.selectOption('#visibility', 'public');
        await page.getByText('The image is public.').waitFor();
      } finally {
        await shown.stop();
        await strict.stop();
      }
    });

    it('has no link that leads to a refusal, whoever may see the image', async () => {
      await page.fill('#key', KEY);
      await submit(photo);
      await page.locator('#result').waitFor();
      const look = async () => {
        const shown = await page.locator('a[href]:visible').all();
        const paths = await Promise.all(shown.map((link) => link.getAttribute('href')));
        expect(paths).to.include.members(['/docs', '/v1/limits']);
        for (const path of paths)
          expect((await send(proxy.url, { path: String(path) })).status, String(path)).to.equal(200);
      };
      await look();
      await page.selectOption('#visibility', 'private');
      await page.getByText('The image is private.').waitFor();
      await look();
    });
  });

  describe('with the documentation', () => {
    it('uploads a file in "try it out" with all other fields empty', async () => {
      await open(`${url}/docs/#/sync-upload/uploadImage`);
      const operation = page.locator('#operations-sync-upload-uploadImage');
      await operation.locator('input[type="file"]').first().setInputFiles(file);
      await operation.locator('button.execute').click();
      const answer = operation.locator('.live-responses-table .response');
      await answer.waitFor();
      expect(await answer.locator('.response-col_status').textContent()).to.match(/^201/);
      expect(complaints).to.deep.equal([]);
    });

    it('is no wider than a phone, also where an operation is open', async () => {
      await open(`${url}/docs`);
      await page.setViewportSize({ width: 390, height: 844 });
      for (const operation of ['sync-upload-uploadImage', 'download-getRendition']) {
        await page.locator(`#operations-${operation} .opblock-summary-control`).click();
        await page.locator(`#operations-${operation} .responses-table`).waitFor();
      }
      const root = page.locator('html');
      expect(await root.evaluate((html) => (html as unknown as { scrollWidth: number }).scrollWidth)).to.equal(390);
    });

    it('shows the image of "try it out"', async () => {
      const { links } = await upload();
      await open(`${url}/docs/#/download/getOriginal`);
      expect(page.url()).to.match(/\/docs#/);
      const operation = page.locator('#operations-download-getOriginal');
      await operation.locator('input[placeholder="imageId"]').fill(String(links.self.split('/').at(-1)));
      await operation.locator('button.execute').click();
      const image = operation.locator('.responses-wrapper img');
      await image.waitFor();
      const width = await image.evaluate(async (element) => {
        const shown = element as unknown as { decode(): Promise<void>; naturalWidth: number };
        await shown.decode();
        return shown.naturalWidth;
      });
      expect(width).to.equal(300);
      expect(complaints).to.deep.equal([]);
    });
  });
});
