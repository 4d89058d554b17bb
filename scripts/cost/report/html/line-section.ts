import { html, type SafeHtml } from '@remix-run/html-template';
import { formatNumber, formatUsd } from '../amounts.ts';
import { AREAS, type Area, type CostLine, type CostReport } from '../cost-report.ts';
import { areaTitle } from './area-title.ts';
import { details, type Section } from './section.ts';
import { RANGE_COLUMNS, rangeCells, table } from './table.ts';

const itemOf = ({ item, resource }: CostLine): SafeHtml =>
  resource ? html`${item}<br><small class="address">${resource}</small>` : html`${item}`;

const rowOf = (line: CostLine) => [
  itemOf(line),
  `${formatNumber(line.quantity.amount)} ${line.quantity.unit}`,
  ...rangeCells(line.usd),
  line.arithmetic,
];

function areaOf(area: Area, { lines, byArea }: CostReport): SafeHtml | undefined {
  const own = lines.filter((line) => line.area === area);
  if (own.length === 0) return undefined;
  const sums = byArea[area];
  const body = table({
    caption: `${areaTitle(area)} in US dollars a month`,
    columns: ['Item', { number: 'Quantity' }, ...RANGE_COLUMNS, 'How it comes about'],
    rows: own.map(rowOf),
    total: ['Together', '', ...rangeCells(sums), ''],
  });
  return details(
    `${areaTitle(area)}: ${formatUsd(sums.typical)} a month, ${own.length} ${own.length === 1 ? 'line' : 'lines'}`,
    body,
  );
}

/** Every line of the bill with its arithmetic, by area. */
export const lineSection = (report: CostReport): Section => ({
  ...{ id: 'lines', title: 'Every line and its arithmetic' },
  body: AREAS.map((area) => areaOf(area, report)).filter((each) => each !== undefined),
});
