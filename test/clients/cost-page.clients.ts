import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { htmlComparison } from '../../scripts/cost/report/html-comparison.ts';
import { htmlPage } from '../../scripts/cost/report/html-page.ts';
import { HOSTILE, hostilePage } from '../support/cost/hostile-page.ts';
import { samplePage, sampleReport } from '../support/cost/sample-report.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CHROMIUM, openBrowser } from './browser.ts';
import { skipWithout } from './client-programs.ts';
import { figuresOf, hiddenCount, scrollWidth, styleOf, tornFromFigures, unfold } from './page-layout.ts';

const TITLES = [
  'Where the money goes',
  'Compute: spot beside on demand',
  'Storage over two years',
  'What one of each costs',
  'The life of an image',
  'CDN: pay as you go beside flat-rate plans',
  'What would save most, each by itself',
  'Changes of the product that would lower it most',
  'Warnings',
  'Every line and its arithmetic',
  'What the figures assume',
];

/** A page that is open, and all that it said or asked for beside itself. */
interface OpenPage {
  page: Page;
  complaints: string[];
}

const SCREENS = [
  ['a telephone', { width: 375, height: 800 }],
  ['a small window', { width: 740, height: 800 }],
  ['a desktop', { width: 1280, height: 900 }],
] as const;

/** The lightness of the page in light mode, from 0 to 255. */
const PAGE_LIGHT = 250;

/** The lightness of what is at the left and at the right edge of an element, between its texts: the lightest of a column of pixels. */
async function shadesOf(element: Locator): Promise<[left: number, right: number]> {
  const { data, info } = await sharp(await element.screenshot())
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const lightest = (column: number) =>
    Math.max(...Array.from({ length: info.height - 8 }, (_, row) => data[(row + 4) * info.width + column] ?? 0));
  return [lightest(1), lightest(info.width - 2)];
}

describe('The HTML page of a cost report', () => {
  let browser: Browser;
  let folder: TemporaryFolder;
  before(async function () {
    skipWithout(CHROMIUM).call(this);
    browser = await openBrowser();
    folder = await createTemporaryFolder();
  });
  after(async () => {
    await browser?.close();
    await folder?.remove();
  });

  async function open(text: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<OpenPage> {
    const file = join(folder.path, 'cost.html');
    await writeFile(file, text);
    const context = await browser.newContext(options);
    await context.setOffline(true);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) complaints.push(`requests ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  for (const [screen, viewport] of SCREENS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`opens offline on ${screen} in ${colorScheme}, without scrolling sideways`, async () => {
        const { page, complaints } = await open(await htmlPage(samplePage), { viewport, colorScheme });
        expect(await page.locator('h2').allTextContents()).to.deep.equal(TITLES);
        expect(await scrollWidth(page)).to.be.at.most(viewport.width);
        await unfold(page);
        expect(await scrollWidth(page)).to.be.at.most(viewport.width);
        expect(complaints).to.deep.equal([]);
        const shot = await page.screenshot({ fullPage: true });
        expect(shot.length).to.be.above(50_000);
      });
    }
  }

  it('shows one of the two drawings of each chart, inside its figure, with text that can be read', async () => {
    for (const [, viewport] of SCREENS) {
      const { page } = await open(await htmlPage(samplePage), { viewport });
      const figures = await figuresOf(page);
      expect(figures).to.have.length(7);
      for (const figure of figures) {
        expect(figure).to.include({ drawings: 1, isCut: false });
        expect(figure.smallest).to.be.at.least(11);
      }
      await page.context().close();
    }
  });

  it('has the colours of both modes, and no others', async () => {
    const colours: Record<string, string[]> = {};
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(await htmlPage(samplePage), { colorScheme });
      colours[colorScheme] = [
        await styleOf(page, 'body', 'backgroundColor'),
        await styleOf(page, 'body', 'color'),
        await styleOf(page, 'figure path[fill="var(--series-1)"]', 'fill'),
      ];
      await page.context().close();
    }
    expect(colours).to.deep.equal({
      light: ['rgb(251, 250, 247)', 'rgb(29, 31, 33)', 'rgb(31, 111, 168)'],
      dark: ['rgb(23, 24, 26)', 'rgb(235, 233, 228)', 'rgb(111, 181, 234)'],
    });
  });

  it('prints every section, with all that is folded on screens', async () => {
    const { page } = await open(await htmlPage(samplePage), { colorScheme: 'dark' });
    const file = join(folder.path, 'cost.pdf');
    await page.pdf({ path: file, format: 'A4', outline: true, tagged: true });
    const pdf = (await readFile(file)).toString('latin1');
    for (const title of TITLES) expect(pdf).to.include(`/Title (${title})`);
    expect(await hiddenCount(page, 'details .table')).to.be.above(10);
    await page.emulateMedia({ media: 'print' });
    expect(await hiddenCount(page, 'details .table')).to.equal(0);
    expect(await styleOf(page, 'body', 'color')).to.equal('rgb(29, 31, 33)');
    // A browser repeats a foot on every sheet.
    expect(await styleOf(page, 'tfoot', 'display')).to.equal('table-row-group');
    expect(await tornFromFigures(page)).to.deep.equal([]);
  });

  it('shows at the edge of a table that it goes on there, until it is scrolled to its end', async () => {
    const { page } = await open(await htmlPage(samplePage), { viewport: { width: 400, height: 800 } });
    await unfold(page);
    const table = page.locator('.table').filter({ hasText: 'Storage of images by month' });
    const [left, right] = await shadesOf(table);
    await table.evaluate((each) => each.scrollTo({ left: each.scrollWidth }));
    const [leftAtEnd, rightAtEnd] = await shadesOf(table);
    expect([left, rightAtEnd]).to.deep.equal([PAGE_LIGHT, PAGE_LIGHT]);
    for (const shade of [right, leftAtEnd]) expect(shade).to.be.below(PAGE_LIGHT - 25);
  });

  it('shows hostile texts as they are, and does nothing that they say', async () => {
    for (const text of HOSTILE.filter((each) => !each.includes('\u0000'))) {
      const { page, complaints } = await open(await htmlPage(hostilePage(text)));
      const words = text.replaceAll(/\s+/g, ' ');
      expect(await page.title()).to.equal(`What ${words} costs with the workload ${words}`);
      expect(await page.locator('h1').textContent()).to.equal(`What ${text} costs with the workload ${text}`);
      expect(await page.locator('script, img, main style, [onerror], [onfocus], [onmouseover]').count()).to.equal(0);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    }
  });

  it('shows what differs between two reports', async () => {
    const [first, ...others] = sampleReport.lines;
    if (!first) throw new Error('The sample has no line.');
    const cheaper = {
      ...first,
      usd: { ...first.usd, typical: first.usd.typical - 100 },
      arithmetic: 'half of the tasks',
    };
    const { byArea, total } = sampleReport;
    const after = {
      ...{ ...sampleReport, environment: 'dev', lines: [cheaper, ...others] },
      byArea: { ...byArea, compute: { ...byArea.compute, typical: byArea.compute.typical - 100 } },
      total: { ...total, typical: total.typical - 100 },
    };
    const { page, complaints } = await open(await htmlComparison({ before: sampleReport, after, stacks: [] }), {
      viewport: SCREENS[0][1],
    });
    const rows = await page.locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t'))).to.deep.equal([
      ['Compute: worker, spot', '$412.37', '$312.37', '-$100.00', `${first.arithmetic}\n→ half of the tasks`],
    ]);
    expect(await page.locator('p').first().textContent()).to.include('-$100.00');
    expect(await scrollWidth(page)).to.be.at.most(375);
    expect(complaints).to.deep.equal([]);
  });
});
