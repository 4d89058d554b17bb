import { expect } from 'chai';
import fc from 'fast-check';
import { formatUsd } from '../../../../scripts/cost/report/amounts.ts';
import type { CostReport, Range } from '../../../../scripts/cost/report/cost-report.ts';
import { htmlPage } from '../../../../scripts/cost/report/html-page.ts';
import { markdownReport } from '../../../../scripts/cost/report/markdown.ts';
import { terminalReport } from '../../../../scripts/cost/report/terminal-table.ts';
import { HOSTILE, hostilePage } from '../../../support/cost/hostile-page.ts';
import { samplePage, sampleReport } from '../../../support/cost/sample-report.ts';

/** The elements and attributes of a page, without its texts and addresses. A text that is not escaped adds to them. */
const markupOf = (page: string): string[] =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/ (href="https:[^"]*"|d="[^"]*")/g, ''));

const ranges = (values: readonly Range[]): number[] =>
  values.flatMap(({ minimum, typical, maximum }) => [minimum, typical, maximum]);

/** Every amount of dollars in a report. */
const amountsOf = (report: CostReport): number[] => [
  ...ranges([report.total, ...Object.values(report.byArea), ...report.lines.map(({ usd }) => usd)]),
  ...ranges(report.compute.flatMap(({ onDemand, spot }) => [onDemand, spot])),
  ...report.storage.flatMap(({ usd, requestsUsd, byClass }) => [
    usd,
    requestsUsd,
    ...Object.values(byClass).map((each) => each.usd),
  ]),
  ...[...report.unitCosts, ...(report.cdn?.plans.filter(({ fits }) => fits) ?? []), ...report.warnings].map(
    ({ usd }) => usd,
  ),
  ...report.unitCosts.flatMap(({ parts = [] }) => parts.flatMap(({ usd }) => [usd, usd * 1000])),
  ...[...report.levers, ...report.productChanges].map(({ saves }) => saves),
];

describe('the HTML page of a cost report', () => {
  let page: string;
  before(async () => {
    page = await htmlPage(samplePage);
  });

  it('has every amount of the report', () => {
    for (const usd of amountsOf(sampleReport)) expect(page).to.include(formatUsd(usd));
  });

  it('begins with the largest of all savings that it lists, whatever they are of', async () => {
    const first = (text: string) =>
      /The largest saving left<\/strong> <span class="figure">(.*?)<.*?<span>(.*?)</.exec(text);
    expect(first(page)?.slice(1)).to.deep.equal(['$204.60', 'Renditions expire after 90 days']);
    const [change] = sampleReport.productChanges;
    const [warning] = sampleReport.warnings;
    if (!change || !warning) throw new Error('The sample lists no savings.');
    const product = { ...sampleReport, productChanges: [{ ...change, saves: 300 }] };
    expect(first(await htmlPage({ ...samplePage, report: product }))?.slice(1)).to.deep.equal([
      '$300.00',
      `${change.change} (a change of the product)`,
    ]);
    const warned = { ...product, warnings: [{ ...warning, usd: 400 }] };
    expect(first(await htmlPage({ ...samplePage, report: warned }))?.slice(1)).to.deep.equal([
      '$400.00',
      'Heed the warning nat-per-zone',
    ]);
  });

  it('has sums of the plans of the CDN that fit alone, as tables for terminals and Markdown have', () => {
    const [, section = ''] = /<section id="cdn"(.*?)<\/section>/s.exec(page) ?? [];
    expect(section).to.include('Pay as you go: $940.10').and.include('Premium: $1,000').and.include('Business');
    for (const text of [section, terminalReport(sampleReport, 120), markdownReport(sampleReport)])
      expect(text)
        .to.match(/Business/)
        .and.not.match(/\$200\.00|\$15\.00/);
  });

  it('has the arithmetic of every line and unit cost, and the reason for every resource without a line', () => {
    const { lines, unitCosts, without } = sampleReport;
    for (const { arithmetic } of [...lines, ...unitCosts]) expect(page).to.include(`>${arithmetic}<`);
    for (const { reason } of without) expect(page).to.include(`>${reason}<`);
  });

  it('has the day and the source of every price', () => {
    for (const { name, date, source } of samplePage.prices) expect(page).to.include(name).include(date).include(source);
  });

  it('has a title, a description and a table with every chart', () => {
    const sections = page.split('<section ').filter((section) => section.includes('<figure'));
    expect(sections).to.have.length(5);
    for (const section of sections) {
      expect(section).to.include('<table>');
      for (const [svg] of section.matchAll(/<svg class="(wide|narrow)".*?<\/desc>/gs))
        expect(svg).to.match(
          /role="img" aria-labelledby="([\w-]+) ([\w-]+)"><title id="\1">[^<]+<\/title><desc id="\2">[^<]+<\/desc>$/,
        );
    }
  });

  it('uses each id once', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).to.have.length.above(20);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('loads nothing and runs nothing', () => {
    expect(page).to.match(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/);
    expect(page).to.not.match(/<(script|link|img|iframe|object|embed|use|image)\b/);
    expect(page).to.not.match(/@import|url\(|\s(src|srcset|on\w+)=/);
  });

  it('has a sentence in place of what an environment has not', async () => {
    const { cdn: _, ...report } = { ...sampleReport, levers: [], productChanges: [], warnings: [], unitCosts: [] };
    const text = await htmlPage({ ...samplePage, report });
    expect(text).to.include('This environment has no CDN.');
    expect(text).to.include('The report has no steps of an image’s life.');
    expect(text).to.include('No change of the product that was tried saves anything.');
    expect(text).to.include('No change of a setting saves anything.').include('No setting costs more than it saves.');
  });

  it('refuses an amount that is no number', async () => {
    const report = { ...sampleReport, total: { minimum: 0, typical: Number.NaN, maximum: 0 } };
    const error = await htmlPage({ ...samplePage, report }).catch((reason: Error) => reason);
    expect(error).to.be.an('error').with.property('message').that.includes('An amount of the cost report is NaN');
  });

  it('escapes every text, whatever it is', async () => {
    const plain = markupOf(await htmlPage(hostilePage('x')));
    const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(markupOf(await htmlPage(hostilePage(text)))).to.deep.equal(plain);
      }),
      { numRuns: 15, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });
});
