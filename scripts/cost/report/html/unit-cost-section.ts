import { html } from '@remix-run/html-template';
import { formatShare, formatUsd } from '../amounts.ts';
import { type CostReport, LIFE_OF_AN_IMAGE } from '../cost-report.ts';
import { barChart } from './bar-chart.ts';
import { seriesColour } from './palette.ts';
import { renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

export const unitCostSection = ({ unitCosts }: CostReport): Section => ({
  ...{ id: 'unit-costs', title: 'What one of each costs' },
  body: [
    table({
      caption: 'Unit costs in US dollars',
      columns: ['For', { number: 'Price' }, 'How it comes about'],
      rows: unitCosts.map(({ name, usd, arithmetic }) => [name, formatUsd(usd), arithmetic]),
    }),
  ],
});

/** An image from its upload to the month of the report, by step. One image costs too little for figures that people can compare. */
export async function lifeSection({ unitCosts, month }: CostReport): Promise<Section> {
  const title = 'The life of an image';
  const { usd = 0, parts = [] } = unitCosts.find(({ name }) => name === LIFE_OF_AN_IMAGE) ?? {};
  if (parts.length === 0)
    return { id: 'life', title, body: [html`<p>The report has no steps of an image’s life.</p>`] };
  const bars = parts.map((step, index) => ({ name: step.name, usd: step.usd * 1000, colour: seriesColour(index) }));
  const description = bars.map((bar) => `${bar.name} ${formatUsd(bar.usd)}`).join(', ');
  const share = (part: number) => formatShare(usd > 0 ? part / usd : 0);
  return {
    ...{ id: 'life', title },
    body: [
      html`<p>An image costs ${formatUsd(usd)} in an environment of ${month === 1 ? 'one month' : `${month} months`}, if images of each age take what they take in this one, with its renditions and all that is read of it: ${formatUsd(usd * 1000)} for a thousand.</p>`,
      html`<h3>A thousand images, by step</h3>`,
      await renderChart(
        barChart({ id: 'life', title: 'A thousand images over their lives, by step', description, bars }),
      ),
      table({
        caption: 'An image over its life, in US dollars',
        columns: ['Step', { number: 'One image' }, { number: 'A thousand' }, { number: 'Share' }],
        rows: parts.map((step) => [step.name, formatUsd(step.usd), formatUsd(step.usd * 1000), share(step.usd)]),
        total: ['Together', formatUsd(usd), formatUsd(usd * 1000), share(usd)],
      }),
    ],
  };
}
