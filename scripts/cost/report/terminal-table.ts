import { linesOf, plainTable } from '../../terminal/plain-table.ts';
import { formatNumber as amount, formatUsd as dollars } from './amounts.ts';
import { AREAS, type CostReport, type Range } from './cost-report.ts';
import { sameItems } from './same-items.ts';

/** The share of the typical sum below which a line is left out of the terminal's table. All lines are in the other formats. */
const SMALLEST_SHARE = 0.001;

const rangeCells = ({ minimum, typical, maximum }: Range): string[] => [minimum, typical, maximum].map(dollars);

/** A table whose columns of numbers, from the given one on, are on the right. */
function table(head: string[], rows: string[][], numbersFrom: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const placed = (row: string[]) =>
    row.map((text, column) => (column >= numbersFrom ? text.padStart(widths[column] ?? 0) : text));
  const plain = plainTable(placed(head));
  plain.push(...rows.map(placed));
  return linesOf(plain);
}

function costTable({ lines, byArea, total }: CostReport): string {
  const rows = AREAS.flatMap((area) => {
    const all = sameItems(lines.filter((line) => line.area === area));
    const shown = all.filter(({ usd }) => isWorthShowing(usd, total));
    const rest = all.length - shown.length;
    if (shown.length + rest === 0) return [];
    return [
      [area.toUpperCase(), '', ...rangeCells(byArea[area])],
      ...shown.map(({ item, quantity, usd }) => [
        `  ${item}`,
        `${amount(quantity.amount)} ${quantity.unit}`,
        ...rangeCells(usd),
      ]),
      ...(rest > 0 ? [[`  and ${rest} smaller`, '', '', '', '']] : []),
    ];
  });
  rows.push(['TOTAL', '', ...rangeCells(total)]);
  return table(['USD a month', 'quantity', 'minimum', 'typical', 'maximum'], rows, 2);
}

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

/** The months of storage that are shown. */
const SHOWN_MONTHS = [1, 3, 6, 12, 13, 18, 24];

function storageTable({ storage }: CostReport): string {
  const shown = storage.filter(({ month }) => SHOWN_MONTHS.includes(month));
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

const cdnTable = ({ cdn }: CostReport): string =>
  cdn
    ? table(
        ['CDN and its web ACL', 'USD', 'fits'],
        [
          ['as one goes', dollars(cdn.payAsYouGo), 'yes'],
          ...cdn.plans.map(({ name, usd, fits, why }) => [`plan ${name}`, dollars(usd), fits ? 'yes' : `no: ${why}`]),
        ],
        1,
      )
    : '';

const savingText = (title: string, changes: CostReport['levers']): string =>
  changes.length === 0
    ? ''
    : [title, ...changes.map(({ change, saves, risk }) => `  ${dollars(saves)}  ${change}. ${risk}`)].join('\n');

const leverText = ({ levers }: CostReport): string =>
  savingText('what would save most, each by itself: sums of several are smaller', levers);

const productText = ({ productChanges }: CostReport): string =>
  savingText('changes of the product that would lower it most, for which there is no setting', productChanges);

const warningText = ({ warnings }: CostReport): string =>
  warnings
    .map(({ code, sentence, usd }) => `${code}: ${sentence}${usd > 0 ? ` (${dollars(usd)} a month)` : ''}`)
    .join('\n');

const heading = ({ environment, workload, region, month, priceBook }: CostReport): string =>
  `${environment} with the workload ${workload}, in ${region}: storage of month ${month}, prices of ${priceBook.oldest} to ${priceBook.newest}${
    priceBook.overrides ? `, changed by ${priceBook.overrides}` : ''
  }`;

/** The report as text for a terminal. */
export const terminalReport = (report: CostReport): string =>
  [heading, costTable, computeTable, storageTable, unitTable, cdnTable, leverText, productText, warningText]
    .map((part) => part(report))
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
