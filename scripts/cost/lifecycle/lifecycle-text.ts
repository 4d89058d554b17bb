import { alignedTable, fitting } from '../../terminal/plain-table.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import { formatUsd } from '../report/amounts.ts';
import type { BandCosts, CandidateCosts, LifecycleCosts, LifecycleReport, PrefixCosts } from './lifecycle-report.ts';
import { bandVerdict, sizeText, verdict } from './lifecycle-verdicts.ts';
import type { StoragePrice } from './storage-price.ts';

/** The months that the table shows, of those that there are. */
const SHOWN_MONTHS = [1, 3, 6, 13, 24];

/** The report for a terminal with so many columns. */
export const lifecycleText = (report: LifecycleReport, width: number): string =>
  [introduction(report, width), ...report.prefixes.map((each) => prefixText(each, report, width))].join('\n\n');

const introduction = ({ region, prices, months }: LifecycleReport, width: number): string =>
  wrapped(
    [
      `Storage by lifecycle rule over ${months} months of an environment that begins empty, in US dollars. Prices of ${region}, from`,
      `${prices.oldest} to ${prices.newest}. A month has 730 hours; rules act at the midnight (UTC) after their days. Objects of a row have its`,
      'mean size. In Intelligent-Tiering, exp(-reads) of the objects have not been read in their last 30 or 90 days.',
    ].join(' '),
    { width },
  );

function prefixText(prefix: PrefixCosts, report: LifecycleReport, width: number): string {
  const count = Math.round(prefix.objectsPerMonth).toLocaleString('en-US');
  const { unmoved, candidates } = prefix;
  const verdicts = candidates.map((each) =>
    wrapped(`  ${each.name}: ${verdict(each, unmoved, report)}`, { width, indent: 4 }),
  );
  return [
    `${prefix.prefix}: ${count} new objects a month`,
    rulesTable(prefix, report, width),
    ['Which of them pays', ...verdicts].join('\n'),
    partsTable(prefix, report, width),
    ...candidates.filter(({ moved }) => moved > 0).map((each) => bandsText(each, { prefix, report, width })),
  ].join('\n\n');
}

const totalOf = (costs: LifecycleCosts): number => costs.cumulativeUsd.at(-1) ?? 0;

const sumOf = ({ months }: LifecycleCosts, part: (price: StoragePrice) => number): number =>
  months.reduce((sum, month) => sum + part(month), 0);

type Named = readonly [name: string, costs: LifecycleCosts];

const rowsOf = ({ unmoved, candidates }: PrefixCosts): Named[] => [
  ['no transition', unmoved],
  ...candidates.map((each): Named => [each.name, each]),
];

/** A row for each rule, with what its months cost; narrow terminals get their sum alone. */
function rulesTable(prefix: PrefixCosts, { months }: LifecycleReport, width: number): string {
  const shown = SHOWN_MONTHS.filter((month) => month <= months);
  const withMonths = (some: readonly number[]) => () =>
    alignedTable(
      ['rule', ...some.map((month) => `month ${month}`), `${months} months`, 'saved'],
      rowsOf(prefix).map(([name, costs]) => [
        ...[name, ...some.map((month) => formatUsd(costs.months[month - 1]?.usd ?? 0))],
        ...[totalOf(costs), totalOf(prefix.unmoved) - totalOf(costs)].map(formatUsd),
      ]),
      1,
    );
  return fitting(width, [withMonths(shown), withMonths([])]);
}

const PARTS: readonly [title: string, part: (price: StoragePrice) => number][] = [
  ['storage', ({ storageUsd }) => storageUsd],
  ['moves', ({ transitionsUsd }) => transitionsUsd],
  ['monitoring', ({ monitoringUsd }) => monitoringUsd],
  ['reads', ({ retrievalUsd, readRequestsUsd }) => retrievalUsd + readRequestsUsd],
  ['early removal', ({ earlyDeletionUsd }) => earlyDeletionUsd],
];

/** What the sum of each rule is made of. */
const partsTable = (prefix: PrefixCosts, { months }: LifecycleReport, width: number): string =>
  fitting(width, [
    () =>
      alignedTable(
        [`${months} months, by part`, ...PARTS.map(([title]) => title)],
        rowsOf(prefix).map(([name, costs]) => [name, ...PARTS.map(([, part]) => formatUsd(sumOf(costs, part)))]),
        1,
      ),
    () => wrapped('A wider terminal, or --json, shows what these sums are made of.', { width }),
  ]);

interface Shown {
  prefix: PrefixCosts;
  report: LifecycleReport;
  width: number;
}

/** A row for each size, with what a rule does for objects of that size, or why it leaves them. */
function bandsText(candidate: CandidateCosts, { prefix, report, width }: Shown): string {
  const withoutMoves = (index: number) => prefix.unmoved.bands[index]?.cumulativeUsd.at(-1) ?? 0;
  const rows = candidate.bands.map((band, index) => {
    const [without, costs] = [withoutMoves(index), totalOf(band)];
    return [sizeText(band.meanBytes), shareText(band.share), ...[without, costs, without - costs].map(formatUsd)];
  });
  const [head = '', ...lines] = alignedTable(
    ['size', 'share', 'no transition', `${report.months} months`, 'saved'],
    rows,
    1,
  ).split('\n');
  const indent = Math.max(...lines.map(({ length }) => length)) + 4;
  const texts = candidate.bands.map((band, index) =>
    wrapped(
      `  ${lines[index]?.padEnd(indent - 4)}  ${bandVerdict(candidate, band, report)}${dearer(band, withoutMoves(index))}`,
      { width, indent },
    ),
  );
  return [`${prefix.prefix} by ${candidate.name}`, `  ${head}`, ...texts].join('\n');
}

/** Why objects that stay may cost more: tiers of prices count all that a class has. */
const dearer = (band: BandCosts, withoutMoves: number): string =>
  band.moved === 0 && totalOf(band) - withoutMoves >= 0.005
    ? '; with fewer GB in S3 Standard, fewer reach its cheaper tiers'
    : '';

const shareText = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
