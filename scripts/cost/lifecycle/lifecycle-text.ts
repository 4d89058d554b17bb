import { linesOf, plainTable } from '../../terminal/plain-table.ts';
import { formatUsd } from '../report/amounts.ts';
import type { LifecycleCosts, LifecycleReport, PrefixCosts } from './lifecycle-report.ts';
import { bandVerdict, sizeText, verdict } from './lifecycle-verdicts.ts';
import type { StoragePrice } from './storage-price.ts';

/** The months that the table shows, of those that there are. */
const SHOWN_MONTHS = [1, 3, 6, 13, 24];

/** The report for a terminal. */
export const lifecycleText = (report: LifecycleReport): string =>
  [introduction(report), ...report.prefixes.map((each) => prefixText(each, report))].join('\n\n');

const introduction = ({ region, prices, months }: LifecycleReport): string =>
  `Storage by lifecycle rule over ${months} months of an environment that begins empty, in US dollars.
Prices of ${region}, from ${prices.oldest} to ${prices.newest}. A month has 730 hours; rules act at the midnight (UTC) after their days.
Objects of a row have its mean size. In Intelligent-Tiering, exp(-reads) of the objects have not been read in their last 30 or 90 days.`;

function prefixText(prefix: PrefixCosts, report: LifecycleReport): string {
  const count = Math.round(prefix.objectsPerMonth).toLocaleString('en-US');
  return `${prefix.prefix}: ${count} new objects a month\n\n${rulesTable(prefix, report)}\n\n${bandsTable(prefix, report)}`;
}

const sumOf = ({ months }: LifecycleCosts, part: (price: StoragePrice) => number): number =>
  months.reduce((sum, month) => sum + part(month), 0);

/** A row for each rule, with what its months cost. */
function rulesTable({ unmoved, candidates }: PrefixCosts, report: LifecycleReport): string {
  const shown = SHOWN_MONTHS.filter((month) => month <= report.months);
  const table = plainTable([
    ...['rule', ...shown.map((month) => `month ${month}`), `${report.months} months`],
    ...['of it moves', 'monitoring', 'reads', 'early removal', 'saved', 'verdict'],
  ]);
  const total = (costs: LifecycleCosts) => costs.cumulativeUsd.at(-1) ?? 0;
  const row = (name: string, costs: LifecycleCosts, sentence: string) => [
    ...[name, ...shown.map((month) => formatUsd(costs.months[month - 1]?.usd ?? 0)), formatUsd(total(costs))],
    formatUsd(sumOf(costs, ({ transitionsUsd }) => transitionsUsd)),
    formatUsd(sumOf(costs, ({ monitoringUsd }) => monitoringUsd)),
    formatUsd(sumOf(costs, ({ retrievalUsd, readRequestsUsd }) => retrievalUsd + readRequestsUsd)),
    formatUsd(sumOf(costs, ({ earlyDeletionUsd }) => earlyDeletionUsd)),
    ...[formatUsd(total(unmoved) - total(costs)), sentence],
  ];
  table.push(row('no transition', unmoved, ''));
  for (const each of candidates) table.push(row(each.name, each, verdict(each, unmoved, report)));
  return linesOf(table);
}

/** A row for each rule and size that it moves. */
function bandsTable({ unmoved, candidates }: PrefixCosts, report: LifecycleReport): string {
  const table = plainTable(['rule', 'size', 'share', 'no transition', `${report.months} months`, 'saved', 'verdict']);
  for (const candidate of candidates.filter(({ moved }) => moved > 0))
    for (const [index, band] of candidate.bands.entries()) {
      if (band.moved === 0) continue;
      const [without, costs] = [unmoved.bands[index]?.cumulativeUsd.at(-1) ?? 0, band.cumulativeUsd.at(-1) ?? 0];
      const money = [without, costs, without - costs].map(formatUsd);
      table.push([
        candidate.name,
        sizeText(band.meanBytes),
        shareText(band.share),
        ...money,
        bandVerdict(candidate, band, report),
      ]);
    }
  return linesOf(table);
}

const shareText = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
