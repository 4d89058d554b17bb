import { html } from '@remix-run/html-template';
import { formatUsd } from '../amounts.ts';
import type { CostReport } from '../cost-report.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { legend } from './legend.ts';
import { renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

const TITLE = 'CDN: pay as you go beside flat-rate plans';

const NAMES = { payAsYouGo: 'Pay as you go', fits: 'plan that fits' } as const;

export async function cdnSection({ cdn }: CostReport): Promise<Section> {
  if (!cdn) return { id: 'cdn', title: TITLE, body: [html`<p>This environment has no CDN.</p>`] };
  const bars: Bar[] = [
    { name: NAMES.payAsYouGo, usd: cdn.payAsYouGo, colour: 'series-1' },
    ...cdn.plans.filter(({ fits }) => fits).map(({ name, usd }): Bar => ({ name, usd, colour: 'series-3' })),
  ];
  const description = bars.map(({ name, usd }) => `${name} ${formatUsd(usd)}`).join(', ');
  return {
    ...{ id: 'cdn', title: TITLE },
    body: [
      html`<p>A plan costs the same every month, whatever is delivered, as long as the work stays within it. Invalidations are not known to be included, and are added to it. A plan that does not fit cannot be had for this work, so it has no sum.</p>`,
      legend([
        [NAMES.payAsYouGo, 'series-1'],
        [NAMES.fits, 'series-3'],
      ]),
      await renderChart(barChart({ id: 'cdn', title: 'The CDN in a month, by way of paying', description, bars })),
      table({
        caption: 'The CDN in US dollars a month',
        columns: ['Way of paying', { number: 'USD' }, 'Fits', 'Why'],
        rows: [
          [NAMES.payAsYouGo, formatUsd(cdn.payAsYouGo), 'always', 'AWS counts what is delivered and asked for.'],
          ...cdn.plans.map(({ name, usd, fits, why }) => [name, fits ? formatUsd(usd) : '–', fits ? 'yes' : 'no', why]),
        ],
      }),
    ],
  };
}
