import { html } from '@remix-run/html-template';
import type { TopLevelSpec } from 'vega-lite';
import { formatUsd } from '../amounts.ts';
import { AREAS, type Area, type CostReport, type Range } from '../cost-report.ts';
import { RANGE_COLUMNS } from '../range-columns.ts';
import { areaTitle, capitalised } from './area-title.ts';
import { barChart } from './bar-chart.ts';
import { legend, swatch } from './legend.ts';
import { type Colour, colour, seriesColour } from './palette.ts';
import { type Chart, renderChart } from './render-chart.ts';
import type { Section } from './section.ts';
import { RANGE_HEADS, rangeCells, table } from './table.ts';

/** The areas that cost anything, the dearest first, each with the colour that it has in all charts of the section. */
interface ColouredArea {
  area: Area;
  usd: Range;
  colour: Colour;
}

const MONTHS = [
  ['typical', 'Typical'],
  ['minimum', 'Minimum, without work'],
  ['maximum', 'Maximum, what settings limit at its limits'],
] as const;

/** Those that may cost most have colours of their own, which need not be those that cost most in a typical month. */
function colouredAreas({ byArea }: CostReport): ColouredArea[] {
  const areas = AREAS.filter((area) => byArea[area].maximum > 0);
  const byMaximum = areas.toSorted((a, b) => byArea[b].maximum - byArea[a].maximum);
  return areas
    .toSorted((a, b) => byArea[b].typical - byArea[a].typical)
    .map((area) => ({ area, usd: byArea[area], colour: seriesColour(byMaximum.indexOf(area)) }));
}

function stackedSpec(areas: readonly ColouredArea[], { total }: CostReport, width: number): TopLevelSpec {
  const values = MONTHS.flatMap(([kind, name], row) =>
    areas.map(({ usd, colour: tone }, order) => ({
      ...{ row, order, usd: usd[kind], colour: colour(tone) },
      label: `${name}: ${formatUsd(total[kind])}`,
    })),
  );
  return {
    ...{ width, height: 42 * MONTHS.length, autosize: 'none', data: { values } },
    encoding: { y: { field: 'row', type: 'ordinal', axis: null, scale: { padding: 0 } } },
    layer: [
      {
        mark: { type: 'bar', height: 20, yOffset: 10, stroke: colour('page'), strokeWidth: 1 },
        encoding: {
          x: { field: 'usd', type: 'quantitative', stack: 'zero', scale: { nice: false }, axis: null },
          color: { field: 'colour', type: 'nominal', scale: null },
          order: { field: 'order', type: 'quantitative' },
        },
      },
      {
        transform: [{ filter: 'datum.order === 0' }],
        mark: { type: 'text', align: 'left', baseline: 'middle', yOffset: -10 },
        encoding: { x: { value: 0 }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

const stackedChart = (areas: readonly ColouredArea[], report: CostReport): Chart => ({
  id: 'areas-stacked',
  title: 'A month by area: typical, without work, and at the limit',
  description: MONTHS.map(([kind, name]) => `${name}: ${formatUsd(report.total[kind])}.`).join(' '),
  spec: (width) => stackedSpec(areas, report, width),
});

function entriesOf(areas: readonly ColouredArea[]): [string, Colour][] {
  const own = areas.filter(({ colour: tone }) => tone !== 'rest');
  const entries = own.map(({ area, colour: tone }): [string, Colour] => [areaTitle(area), tone]);
  return own.length < areas.length ? [...entries, ['All others', 'rest']] : entries;
}

export async function areaSection(report: CostReport): Promise<Section> {
  const areas = colouredAreas(report);
  const bars = areas.map(({ area, usd, colour: tone }) => ({ name: areaTitle(area), usd: usd.typical, colour: tone }));
  const description = bars.map(({ name, usd }) => `${name} ${formatUsd(usd)}`).join(', ');
  const typical = barChart({ id: 'areas', title: 'A typical month by area', description, bars });
  return {
    ...{ id: 'areas', title: 'Where the money goes' },
    body: [
      html`<h3>A typical month</h3>`,
      await renderChart(typical),
      html`<h3>From no work to the limits</h3>`,
      html`<dl>${Object.entries(RANGE_COLUMNS).map(([name, meaning]) => html`<div><dt>${capitalised(name)}</dt><dd>${meaning}</dd></div>`)}</dl>`,
      legend(entriesOf(areas)),
      await renderChart(stackedChart(areas, report)),
      table({
        caption: 'US dollars a month by area',
        columns: ['Area', ...RANGE_HEADS],
        rows: areas.map(({ area, usd, colour: tone }) => [
          html`${swatch(tone)} ${areaTitle(area)}`,
          ...rangeCells(usd),
        ]),
        total: ['Total', ...rangeCells(report.total)],
      }),
    ],
  };
}
