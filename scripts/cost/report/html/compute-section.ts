import { html } from '@remix-run/html-template';
import { formatNumber, formatUsd } from '../amounts.ts';
import type { ComputeComparison, CostReport, Range } from '../cost-report.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { legend } from './legend.ts';
import type { Colour } from './palette.ts';
import { type Chart, renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { RANGE_HEADS, rangeCells, table } from './table.ts';

const KINDS = [
  ['onDemand', 'on demand', 'series-1'],
  ['spot', 'spot', 'series-3'],
] as const satisfies [string, string, Colour][];

const dollars = ({ minimum, maximum }: Range): string => `${formatUsd(minimum)} to ${formatUsd(maximum)}`;

/** The same bars twice: of a typical month alone, and with the range, beside which a typical month may be too small to see. */
function chartOf(compute: readonly ComputeComparison[], hasRange: boolean): Chart {
  const bars = compute.flatMap((each): Bar[] =>
    KINDS.map(([kind, name, colour]) => ({
      ...{ name: `${each.service}, ${name}`, usd: each[kind].typical, colour },
      ...(hasRange && { range: each[kind], amount: dollars(each[kind]) }),
    })),
  );
  const title = hasRange ? 'What scaling may make of it' : 'Compute in a typical month, on demand and on spot';
  const description = bars.map(({ name, usd, amount = formatUsd(usd) }) => `${name} ${amount}`).join('; ');
  return barChart({ id: hasRange ? 'compute-range' : 'compute-typical', title, description, bars });
}

const counted = ({ minimum, typical, maximum }: Range): string =>
  minimum === maximum
    ? formatNumber(typical)
    : `${formatNumber(typical)} (${formatNumber(minimum)} to ${formatNumber(maximum)})`;

const rowsOf = ({ service, onDemand, spot, tasks, instances }: ComputeComparison) => [
  [`${service}, on demand`, ...rangeCells(onDemand), counted(tasks), instances ? counted(instances) : 'none (Fargate)'],
  [`${service}, spot`, ...rangeCells(spot), '', ''],
];

export async function computeSection({ compute }: CostReport): Promise<Section> {
  return {
    ...{ id: 'compute', title: 'Compute: spot beside on demand' },
    body: [
      html`<p>Both prices are for the same work. Spot is spare capacity, which AWS sells for less and takes back at two minutes’ notice; the workers lose nothing by that, but images may wait longer.</p>`,
      legend(KINDS.map(([, name, colour]) => [name, colour])),
      html`<h3>A typical month</h3>`,
      await renderChart(chartOf(compute, false)),
      html`<h3>From the least to the most that scaling allows</h3><p>The bar is a typical month; the line goes from the least to the most.</p>`,
      await renderChart(chartOf(compute, true)),
      table({
        caption: 'Compute by service, in US dollars a month',
        columns: ['Service', ...RANGE_HEADS, { number: 'Tasks' }, { number: 'Instances' }],
        rows: compute.flatMap(rowsOf),
      }),
    ],
  };
}
