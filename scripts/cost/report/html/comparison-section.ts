import { html, type SafeHtml } from '@remix-run/html-template';
import { formatDifference, formatUsd } from '../amounts.ts';
import { sumSentences, warningsOf } from '../comparison-text.ts';
import { AREAS, type CostReport } from '../cost-report.ts';
import { causeParts, type Difference, differencesOf } from '../differences.ts';
import { areaTitle } from './area-title.ts';
import { barChart } from './bar-chart.ts';
import { legend } from './legend.ts';
import { renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

function causeOf(difference: Difference): SafeHtml {
  const { shared, before, after } = causeParts(difference);
  if (!before) return html`Only in the second: ${after}`;
  if (!after) return html`Only in the first: ${before}`;
  return html`${shared}${before}<br>→ ${after}`;
}

function chartOf(before: CostReport, after: CostReport) {
  const bars = AREAS.map((area) => ({ area, usd: after.byArea[area].typical - before.byArea[area].typical }))
    .filter(({ usd }) => usd !== 0)
    .sort((a, b) => Math.abs(b.usd) - Math.abs(a.usd))
    .map(({ area, usd }) => ({
      ...{ name: areaTitle(area), usd, amount: formatDifference(usd) },
      colour: usd > 0 ? ('series-2' as const) : ('series-3' as const),
    }));
  const description = bars.map(({ name, amount }) => `${name} ${amount}`).join(', ');
  return barChart({ id: 'comparison', title: 'The difference of a typical month by area', description, bars });
}

/** Two reports side by side: what differs, by how much, and why. */
export async function comparisonSection(before: CostReport, after: CostReport): Promise<Section> {
  const [was, is] = [before.total.typical, after.total.typical];
  const differences = differencesOf(before, after);
  const [sum = '', ...others] = sumSentences(before, after);
  const sums = html`<p><strong>${sum}</strong></p>${others.map((other) => html`<p>${other}</p>`)}`;
  const warnings = warningsOf(before, after).map((each) => html`<p><span class="warning">Warning.</span> ${each}</p>`);
  if (differences.length === 0) return { id: 'comparison', title: 'What differs', body: [sums, ...warnings] };
  return {
    ...{ id: 'comparison', title: 'What differs' },
    body: [
      sums,
      legend([
        ['costs more', 'series-2'],
        ['costs less', 'series-3'],
      ]),
      await renderChart(chartOf(before, after)),
      table({
        caption: 'What differs, in US dollars of a typical month',
        columns: ['Item', { number: 'First' }, { number: 'Second' }, { number: 'Difference' }, 'Cause'],
        rows: differences.map((each) => [
          `${areaTitle(each.area)}: ${each.item}`,
          ...[formatUsd(each.before), formatUsd(each.after), formatDifference(each.after - each.before)],
          causeOf(each),
        ]),
        total: ['Total', formatUsd(was), formatUsd(is), formatDifference(is - was), ''],
      }),
      ...warnings,
    ],
  };
}
