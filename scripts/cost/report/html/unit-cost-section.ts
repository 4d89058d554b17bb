import { html } from '@remix-run/html-template';
import { formatUsd } from '../amounts.ts';
import type { CostReport, UnitCost } from '../cost-report.ts';
import { barChart } from './bar-chart.ts';
import { seriesColour } from './palette.ts';
import { renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

/** The unit costs whose names begin so are the steps of an image's life, in its order. */
const LIFE = 'An image over its life: ';

const isStep = ({ name }: UnitCost): boolean => name.startsWith(LIFE);

const rowsOf = (costs: readonly UnitCost[]) =>
  costs.map(({ name, usd, arithmetic }) => [name, formatUsd(usd), arithmetic]);

export const unitCostSection = ({ unitCosts }: CostReport): Section => ({
  ...{ id: 'unit-costs', title: 'What one of each costs' },
  body: [
    table({
      caption: 'Unit costs in US dollars',
      columns: ['For', { number: 'Price' }, 'How it comes about'],
      rows: rowsOf(unitCosts.filter((cost) => !isStep(cost))),
    }),
  ],
});

/** An image from its upload to its last month, by step. */
export async function lifeSection({ unitCosts }: CostReport): Promise<Section> {
  const steps = unitCosts.filter(isStep).map((cost) => ({ ...cost, name: cost.name.slice(LIFE.length) }));
  const usd = steps.reduce((sum, step) => sum + step.usd, 0);
  // A step has no dollars of its own that matter; a thousand images have.
  const bars = steps.map((step, index) => ({
    ...{ name: step.name, usd: step.usd * 1000, colour: seriesColour(index) },
  }));
  const description = bars.map((bar) => `${bar.name} ${formatUsd(bar.usd)}`).join(', ');
  return {
    ...{ id: 'life', title: 'The life of an image' },
    body: [
      html`<p>One image costs ${formatUsd(usd)} from its upload to its last month, with its renditions and all that is read of it: ${formatUsd(usd * 1000)} for a thousand.</p>`,
      html`<h3>A thousand images, by step</h3>`,
      await renderChart(
        barChart({ id: 'life', title: 'A thousand images over their lives, by step', description, bars }),
      ),
      table({
        caption: 'One image over its life, in US dollars',
        columns: ['Step', { number: 'Price' }, 'How it comes about'],
        rows: rowsOf(steps),
        total: ['Together', formatUsd(usd), ''],
      }),
    ],
  };
}
