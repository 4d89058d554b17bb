import type { TopLevelSpec } from 'vega-lite';
import { formatUsd } from '../amounts.ts';
import { type Colour, colour } from './palette.ts';
import type { Chart } from './render-chart.ts';

/** A horizontal bar with its name and amount above it. */
export interface Bar {
  name: string;
  /** US dollars. */
  usd: number;
  colour: Colour;
  /** Stands in place of the amount. */
  amount?: string;
  /** Marked on the bar by a line between both, in US dollars. */
  range?: { minimum: number; maximum: number };
}

/** The height of a bar with its text, in pixels. */
const ROW = 42;
/** The distance of the bar and of its text from the middle of the row, in pixels. */
const [BAR_BELOW, TEXT_ABOVE] = [9, -9];
/** The width of a character of a label, in pixels, at most on average. */
const CHARACTER = 7.2;

/** Cuts a text that is too long for a label. The table beside the chart has it whole. */
const shortened = (text: string, characters: number): string => {
  const all = Array.from(text);
  return all.length <= characters ? text : `${all.slice(0, Math.max(1, characters - 1)).join('')}…`;
};

function label({ name, usd, amount = formatUsd(usd) }: Bar, width: number): string {
  return `${shortened(name, width / CHARACTER - amount.length - 2)}: ${amount}`;
}

const rowsOf = (bars: readonly Bar[], width: number) =>
  bars.map((bar, row) => ({
    ...{ row, usd: bar.usd, colour: colour(bar.colour), label: label(bar, width) },
    ...{ minimum: bar.range?.minimum ?? bar.usd, maximum: bar.range?.maximum ?? bar.usd },
  }));

function specOf(bars: readonly Bar[], width: number): TopLevelSpec {
  const values = rowsOf(bars, width);
  const ends = [0, ...values.flatMap(({ usd, minimum, maximum }) => [usd, minimum, maximum])];
  const domain = [Math.min(...ends), Math.max(...ends) || 1];
  // Marks at the edges are not cut in half.
  const scale = { domain, range: [1, width - 1], nice: false };
  const x = { field: 'usd', type: 'quantitative' as const, scale, axis: null };
  const range = { color: colour('text'), yOffset: BAR_BELOW } as const;
  return {
    ...{ width, height: ROW * bars.length, autosize: 'none', data: { values } },
    encoding: { y: { field: 'row', type: 'ordinal', axis: null, scale: { padding: 0 } } },
    layer: [
      // Where bars go both ways, a line shows where they begin.
      {
        transform: [{ filter: `${domain[0]} < 0 && datum.row === 0` }],
        mark: { type: 'rule', color: colour('line') },
        encoding: { x: { ...x, datum: 0 }, y: { value: 0 }, y2: { value: ROW * bars.length } },
      },
      {
        mark: { type: 'bar', height: 16, yOffset: BAR_BELOW },
        encoding: { x, color: { field: 'colour', type: 'nominal', scale: null } },
      },
      {
        transform: [{ filter: 'datum.maximum > datum.minimum' }],
        mark: { type: 'rule', strokeWidth: 2, ...range },
        encoding: { x: { ...x, field: 'minimum' }, x2: { field: 'maximum' } },
      },
      {
        transform: [{ filter: 'datum.maximum > datum.minimum' }, { fold: ['minimum', 'maximum'], as: ['end', 'at'] }],
        mark: { type: 'tick', thickness: 2, size: 12, ...range },
        encoding: { x: { ...x, field: 'at' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', yOffset: TEXT_ABOVE },
        encoding: { x: { value: 0 }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

/** A chart of horizontal bars from zero. */
export const barChart = (chart: Omit<Chart, 'spec'> & { bars: readonly Bar[] }): Chart => ({
  ...chart,
  spec: (width) => specOf(chart.bars, width),
});
