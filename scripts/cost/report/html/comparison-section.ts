import { html, type SafeHtml } from '@remix-run/html-template';
import { formatDifference, formatUsd } from '../amounts.ts';
import { sumSentences, warningsOf } from '../comparison-text.ts';
import { AREAS, type CostReport } from '../cost-report.ts';
import { causeParts, type Difference, rowsOf, together } from '../differences.ts';
import { type Compared, STACK_TITLE, type StackDifference, stackDifferenceText } from '../stack-differences.ts';
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

const stackList = (stacks: readonly StackDifference[]): SafeHtml =>
  html`<h3>${STACK_TITLE}</h3><ul class="causes">${stacks.map((each) => html`<li>${stackDifferenceText(each)}</li>`)}</ul>`;

const dollarsOf = ({ before, after }: Pick<Difference, 'before' | 'after'>): string[] => [
  ...[formatUsd(before), formatUsd(after), formatDifference(after - before)],
];

/** Two reports side by side: what differs, by how much, and why. */
export async function comparisonSection({ before, after, stacks }: Compared): Promise<Section> {
  const [was, is] = [before.total.typical, after.total.typical];
  const { rows, smaller } = rowsOf(before, after);
  const [sum = '', ...others] = sumSentences(before, after);
  const sums = html`<p><strong>${sum}</strong></p>${others.map((other) => html`<p>${other}</p>`)}`;
  const warnings = warningsOf(before, after).map((each) => html`<p><span class="warning">Warning.</span> ${each}</p>`);
  const causes = stacks.length > 0 ? [stackList(stacks)] : [];
  if (rows.length === 0) return { id: 'comparison', title: 'What differs', body: [sums, ...causes, ...warnings] };
  return {
    ...{ id: 'comparison', title: 'What differs' },
    body: [
      sums,
      ...causes,
      legend([
        ['costs more', 'series-2'],
        ['costs less', 'series-3'],
      ]),
      await renderChart(chartOf(before, after)),
      table({
        caption: 'What differs, in US dollars of a typical month',
        columns: ['Item', { number: 'First' }, { number: 'Second' }, { number: 'Difference' }, 'Cause'],
        rows: [
          ...rows.map((each) => [`${areaTitle(each.area)}: ${each.item}`, ...dollarsOf(each), causeOf(each)]),
          ...(smaller.length > 0 ? [[together(smaller).item, ...dollarsOf(together(smaller)), '']] : []),
        ],
        total: ['Total', ...dollarsOf({ before: was, after: is }), ''],
      }),
      ...warnings,
    ],
  };
}
