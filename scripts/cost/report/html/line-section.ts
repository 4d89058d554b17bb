import { html, type SafeHtml } from '@remix-run/html-template';
import { formatNumber, formatUsd } from '../amounts.ts';
import { AREAS, type Area, type CostLine, type CostReport } from '../cost-report.ts';
import { areaTitle } from './area-title.ts';
import { details, type Section } from './section.ts';
import { RANGE_HEADS, rangeCells, table } from './table.ts';

/** What is billed, how its typical amount comes about, and the resource that takes it, below each other: beside each other they are too wide. */
function itemOf({ item, arithmetic, resource }: CostLine): SafeHtml {
  const address = resource ? html`<small class="address">${resource}</small>` : '';
  return html`<div class="item">${item}<small>${arithmetic}</small>${address}</div>`;
}

const rowOf = (line: CostLine) => [
  itemOf(line),
  ...rangeCells(line.usd),
  `${formatNumber(line.quantity.amount)} ${line.quantity.unit}`,
];

function areaOf(area: Area, { lines, byArea }: CostReport): SafeHtml | undefined {
  const own = lines.filter((line) => line.area === area);
  if (own.length === 0) return undefined;
  const sums = byArea[area];
  const body = table({
    caption: `${areaTitle(area)} in US dollars a month`,
    columns: ['Item and its arithmetic', ...RANGE_HEADS, { number: 'Quantity' }],
    rows: own.map(rowOf),
    total: ['Together', ...rangeCells(sums), ''],
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
