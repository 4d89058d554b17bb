import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { documentedBlocks } from '../support/http/documented-blocks.ts';
import { startWebServer, type WebServer } from '../support/http/web-server.ts';

const PAGE =
  '<!doctype html><meta charset="utf-8"><input type="file" id="photos" multiple><script src="/recipe.js"></script>';

/** The documentation's recipe for a browser, bundled with Uppy, and with its `uppy` accessible to tests. `change` may alter its code. */
export async function bundledRecipe(service: string, change = (code: string) => code): Promise<string> {
  const recipe = documentedBlocks('docs/uploading.md', service).find(({ language }) => language === 'js');
  if (!recipe) throw new Error('docs/uploading.md has no recipe.');
  const { outputFiles } = await build({
    stdin: { contents: `${change(recipe.code)}\nglobalThis.uppy = uppy;\n`, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** Serves a page with such a recipe, at another origin. */
export const servePage = (recipe: () => string): Promise<WebServer> =>
  startWebServer(({ url }, response) => {
    const isScript = url === '/recipe.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? recipe() : PAGE);
  });

/** A page with the recipe, as a user sees it. */
export interface UppyPage {
  choose(...files: string[]): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves to the URL of the image, or the reason why there is none, when the recipe reports it. */
  outcome(): Promise<string>;
  close(): Promise<void>;
}

/** Opens a URL. */
export async function openUppyPage(browser: Browser, url: string): Promise<UppyPage> {
  const page = await browser.newPage();
  const told = listen(page);
  await page.goto(url);
  const call = (name: 'pauseAll' | 'resumeAll') =>
    page.evaluate((method) => (globalThis as unknown as { uppy: Record<string, () => void> }).uppy[method]?.(), name);
  return {
    choose: (...files) => page.setInputFiles('#photos', files),
    pause: () => call('pauseAll'),
    resume: () => call('resumeAll'),
    outcome: () => eventually('the recipe tells what became of the file', () => told[0], 60_000),
    close: () => page.close(),
  };
}

/** The output of the recipe, and errors that it did not catch. */
function listen(page: Page): string[] {
  const told: string[] = [];
  page.on('console', (message) => {
    if (/^(uploaded|failed) /.test(message.text())) told.push(message.text());
  });
  page.on('pageerror', (error) => told.push(`the page throws ${error.message}`));
  return told;
}
