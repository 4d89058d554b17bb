import { fitting, alignedTable as table } from '../../terminal/plain-table.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import { formatNumber as amount, formatUsd as dollars } from './amounts.ts';
import { AREAS, type CostReport, type Range, sumOf } from './cost-report.ts';
import { columnLines, RANGE_NAMES } from './range-columns.ts';
import { sameItems } from './same-items.ts';
import { priceDatesText } from './used-prices.ts';

/** The share of the typical sum below which a line is left out of the terminal's table. All lines are in the other formats. */
const SMALLEST_SHARE = 0.001;

const rangeCells = (usd: Range): string[] => RANGE_NAMES.map((name) => dollars(usd[name]));

function costTable({ lines, byArea, total }: CostReport, width: number): string {
  const rows = AREAS.flatMap((area) => {
    const all = sameItems(lines.filter((line) => line.area === area));
    const shown = all.filter(({ usd }) => isWorthShowing(usd, total));
    const rest = all.filter((item) => !shown.includes(item));
    if (all.length === 0) return [];
    return [
      [area.toUpperCase(), '', ...rangeCells(byArea[area])],
      ...shown.map(({ item, quantity, usd }) => [
        `  ${item}`,
        `${amount(quantity.amount)} ${quantity.unit}`,
        ...rangeCells(usd),
      ]),
      ...(rest.length > 0
        ? [[`  and ${rest.length} smaller`, '', ...rangeCells(sumOf(rest.map(({ usd }) => usd)))]]
        : []),
    ];
  });
  rows.push(['TOTAL', '', ...rangeCells(total)]);
  const head = ['USD a month', 'quantity', ...RANGE_NAMES];
  const narrow = (row: string[]) => row.toSpliced(1, 1);
  return fitting(width, [() => table(head, rows, 2), () => table(narrow(head), rows.map(narrow), 1)]);
}

/** Below the table: what its columns say, and what its sums add up. */
const columnText = (_: CostReport, width: number): string =>
  [...columnLines(), 'Each sum adds up its column.'].map((line) => wrapped(line, { width, indent: 2 })).join('\n');

const isWorthShowing = (usd: Range, total: Range): boolean => usd.typical >= total.typical * SMALLEST_SHARE;

const computeTable = ({ compute }: CostReport): string =>
  table(
    ['compute for the same work', 'tasks', 'instances', 'on demand', 'spot', 'saved by spot'],
    compute.map(({ service, tasks, instances, onDemand, spot }) => [
      service,
      amount(tasks.typical),
      instances ? amount(instances.typical) : 'Fargate',
      dollars(onDemand.typical),
      dollars(spot.typical),
      onDemand.typical > 0 ? `${Math.round((1 - spot.typical / onDemand.typical) * 100)} %` : '',
    ]),
    1,
  );

/** The months of storage that are shown, on wide and on narrow terminals. */
const SHOWN_MONTHS = [
  [1, 3, 6, 12, 13, 18, 24],
  [1, 6, 13, 24],
];

const storageTable = (report: CostReport, width: number): string =>
  fitting(
    width,
    SHOWN_MONTHS.map((months) => () => storageOf(report, months)),
  );

function storageOf({ storage }: CostReport, months: readonly number[]): string {
  const shown = storage.filter(({ month }) => months.includes(month));
  const classes = [...new Set(shown.flatMap(({ byClass }) => Object.keys(byClass)))].filter((name) =>
    shown.some(({ byClass }) => (byClass[name]?.gbMonths ?? 0) > 0),
  );
  return table(
    ['storage in GB', ...shown.map(({ month }) => `month ${month}`)],
    [
      ...classes.map((name) => [name, ...shown.map(({ byClass }) => amount(byClass[name]?.gbMonths ?? 0))]),
      ['USD, with moves and reads', ...shown.map(({ usd }) => dollars(usd))],
    ],
    1,
  );
}

const unitTable = ({ unitCosts }: CostReport): string =>
  table(
    ['unit costs', 'USD'],
    unitCosts.map(({ name, usd }) => [name, dollars(usd)]),
    1,
  );

/** Amounts of dollars below each other, each with a text that goes on to its right. */
function adviceText(title: string, entries: readonly (readonly [usd: string, text: string])[], width: number): string {
  const usdWidth = Math.max(...entries.map(([usd]) => usd.length));
  const lines = entries.map(([usd, text]) =>
    wrapped(`  ${usd.padStart(usdWidth)}  ${text}`, { width, indent: usdWidth + 4 }),
  );
  return [wrapped(title, { width }), ...lines].join('\n');
}

const cdnText = ({ cdn }: CostReport, width: number): string =>
  cdn
    ? adviceText(
        'CDN and its web ACL, by way of paying',
        [
          [dollars(cdn.payAsYouGo), 'as one goes'],
          ...cdn.plans.map(({ name, usd, fits, why }) =>
            fits
              ? ([dollars(usd), `plan ${name}, which fits`] as const)
              : (['–', `plan ${name} does not fit: ${why}`] as const),
          ),
        ],
        width,
      )
    : '';

const savingText = (title: string, changes: CostReport['levers'], width: number): string =>
  changes.length === 0
    ? ''
    : adviceText(
        title,
        changes.map(({ change, saves, risk }) => [dollars(saves), `${change}. ${risk}`]),
        width,
      );

const leverText = ({ levers }: CostReport, width: number): string =>
  savingText('what would save most, each by itself: sums of several are smaller', levers, width);

const productText = ({ productChanges }: CostReport, width: number): string =>
  savingText('changes of the product that would lower it most, for which there is no setting', productChanges, width);

const warningText = ({ warnings }: CostReport, width: number): string =>
  warnings
    .map(({ code, sentence, usd }) =>
      wrapped(`${code}: ${sentence}${usd > 0 ? ` (${dollars(usd)} a month)` : ''}`, { width, indent: 2 }),
    )
    .join('\n');

const heading = ({ environment, workload, region, month, priceBook }: CostReport, width: number): string =>
  wrapped(
    `${environment} with the workload ${workload}, in ${region}: storage of month ${month}, ${priceDatesText(priceBook)}${
      priceBook.overrides ? `, changed by ${priceBook.overrides}` : ''
    }`,
    { width },
  );

/** The report as text for a terminal with so many columns. */
export const terminalReport = (report: CostReport, width: number): string =>
  [heading, costTable, columnText, computeTable, storageTable, unitTable, cdnText, leverText, productText, warningText]
    .map((part) => part(report, width))
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
