import { html, type SafeHtml } from '@remix-run/html-template';
import { meanOriginalBytes, meanRenditionBytes, peakImagesPerSecond, type Workload } from '../../workloads/workload.ts';
import { formatNumber, formatShare, formatUsd } from '../amounts.ts';
import type { CostReport } from '../cost-report.ts';
import { priceDatesText } from '../used-prices.ts';
import { details, type Section } from './section.ts';
import { table } from './table.ts';

/** A row of the price book that a report has used. */
export interface UsedPrice {
  name: string;
  /** Each tier begins at an amount in a month. */
  tiers: readonly { from: number; usd: number }[];
  /** The number of units for which the dollars are. */
  per: number;
  unit: string;
  source: string;
  /** The day on which the source said so, as YYYY-MM-DD. */
  date: string;
}

const MIB = 1024 * 1024;
const size = (bytes: number): string =>
  bytes < MIB ? `${formatNumber(bytes / 1024)} KiB` : `${formatNumber(bytes / MIB)} MiB`;

/** What people do with the service, as a list of names and figures. */
const factsOf = (workload: Workload): [string, string][] => [
  [
    'Images uploaded',
    `${formatNumber(workload.imagesPerDay)} a day, ${formatNumber(peakImagesPerSecond(workload))} a second in the busiest hour`,
  ],
  ['Size of an original', `${size(meanOriginalBytes(workload))} on average`],
  [
    'Uploaded in parts',
    `${formatShare(workload.shareInParts)} of images, in ${formatNumber(workload.partsPerUpload)} parts`,
  ],
  [
    'Renditions made at upload',
    `${workload.renditions.length} of each image: ${workload.renditions.map(({ name, format }) => `${name} (${format})`).join(', ')}; ${size(meanRenditionBytes(workload))} on average`,
  ],
  ['Renditions asked for later', `${formatNumber(workload.laterRenditionsPerImage)} of each image`],
  [
    'Reads in the life of an image',
    `${formatNumber(workload.readsPerImage.original)} of its original, ${formatNumber(workload.readsPerImage.rendition)} of its renditions`,
  ],
  ['Read by name', `${formatShare(workload.readsByNameShare)} of those reads, the others by content (links.file)`],
  ['Answered by edges of the CDN', `${formatShare(workload.cacheHitRate)} of reads`],
  ['Answered by Origin Shield, where it is on', `${formatShare(workload.originShieldHitRate)} of the others`],
  ['Answered “not modified”', `${formatShare(workload.notModifiedShare)} of reads`],
  ['Reads of metadata', `${formatNumber(workload.metadataReadsPerImage)} in the life of an image`],
  ['Lists of images', `${formatNumber(workload.listCallsPerDay)} a day`],
  ['Changes', `${formatNumber(workload.changesPerImage)} in the life of an image`],
  ['API keys in use', formatNumber(workload.apiKeys)],
  ['Private', `${formatShare(workload.privateShare)} of images`],
  ['Deleted', `${formatShare(workload.deletionsPerMonth)} of the stored images a month`],
];

/** A link, if it is one: a negotiated price may come from a contract. */
const linkOf = (source: string): SafeHtml =>
  /^https:\/\//.test(source) ? html`<a href="${source}">${source}</a>` : html`${source}`;

const priceOf = ({ tiers, per, unit }: UsedPrice): SafeHtml[] =>
  tiers.map(({ from, usd }) => {
    const begin = from > 0 ? ` from ${formatNumber(from)} on` : '';
    return html`<span class="tier">${formatUsd(usd)} per ${per === 1 ? unit : `${formatNumber(per)} ${unit}s`}${begin}</span> `;
  });

/** The prices, and once for all of them the addresses, which are long. */
function priceTable(prices: readonly UsedPrice[]): SafeHtml {
  const sources = [...new Set(prices.map(({ source }) => source))];
  const rows = prices.map((price) => {
    const number = `${sources.indexOf(price.source) + 1}`;
    return [price.name, html`${priceOf(price)}`, price.date, html`<a href="#source-${number}">source ${number}</a>`];
  });
  const list = sources.map((source, index) => html`<li id="source-${index + 1}">${linkOf(source)}</li>`);
  const columns = ['Name', 'Price', 'As of', 'Source'];
  return html`${table({ caption: 'Prices, with the source and the day of each', columns, rows })}<ol class="sources">${list}</ol>`;
}

const withoutTable = ({ without }: CostReport): SafeHtml =>
  table({
    caption: 'Resources without a line',
    columns: ['Type of resource', 'Why'],
    rows: without.map(({ resourceType, reason }) => [resourceType, reason]),
  });

function priceSentence({ priceBook, region }: CostReport): SafeHtml {
  const { overrides } = priceBook;
  const own = overrides ? html` Negotiated prices of ${overrides} come before them.` : '';
  return html`<p>Prices are those of ${region} in US dollars before taxes: ${priceDatesText(priceBook)}. Those of spot change by the hour and are averages.${own} A month has 730 hours, and a GB 2<sup>30</sup> bytes, as AWS bills them.</p>`;
}

/** What the figures rest on: the workload, the prices and what is left out. */
export function assumptionSection(report: CostReport, workload: Workload, prices: readonly UsedPrice[]): Section {
  return {
    ...{ id: 'assumptions', title: 'What the figures assume' },
    body: [
      html`<h3>The work: ${workload.name}</h3><p>${workload.description}</p>`,
      html`<dl>${factsOf(workload).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
      html`<h3>The prices</h3>`,
      priceSentence(report),
      details(`${prices.length} prices and their sources`, priceTable(prices)),
      html`<h3>What has no line</h3>`,
      details(`${report.without.length} types of resources, with the reason`, withoutTable(report)),
    ],
  };
}
