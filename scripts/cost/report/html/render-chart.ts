import { html, type SafeHtml } from '@remix-run/html-template';
import { expressionFunction, parse, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { formatUsd } from '../amounts.ts';
import { colour } from './palette.ts';

/** A chart in pixels of its width. */
export interface Chart {
  /** Names the chart in the ids of the page. */
  id: string;
  title: string;
  /** What the chart shows, for those who cannot see it. The table beside it has the figures. */
  description: string;
  /** Makes the Vega-Lite specification for a width in pixels. */
  spec: (width: number) => TopLevelSpec;
}

/** A page shows one of the two drawings. A single one, made smaller for a telephone, would have unreadable text. */
const WIDTHS = { wide: 704, narrow: 336 } as const;

const FONT_SIZE = 13;

/** Axes format dollars as tables do, but for cents where there are none. */
const DOLLARS = 'dollars';
expressionFunction(DOLLARS, (usd: number) => formatUsd(usd).replace(/\.00$/, ''));

export const DOLLAR_AXIS = { formatType: DOLLARS, format: '' } as const;

const CONFIG: Config = {
  // The title and description of the whole are enough: each mark's own would be read out one by one.
  aria: false,
  customFormatTypes: true,
  background: 'transparent',
  font: 'inherit',
  view: { stroke: null },
  text: { fill: colour('text'), fontSize: FONT_SIZE },
  axis: {
    ...{ labelColor: colour('muted'), titleColor: colour('muted'), labelFontSize: FONT_SIZE, titleFontSize: FONT_SIZE },
    ...{ gridColor: colour('line'), domainColor: colour('line'), tickColor: colour('line'), titleFontWeight: 'normal' },
  },
};

async function drawing({ id, title, description, spec }: Chart, size: keyof typeof WIDTHS): Promise<SafeHtml> {
  const chart = { config: CONFIG, padding: 0, ...spec(WIDTHS[size]) } as TopLevelSpec;
  const view = new View(parse(compile(chart).spec), { renderer: 'none' });
  const svg = await view.toSVG().finally(() => view.finalize());
  const [, viewBox, marks] = /^<svg [^>]*viewBox="([\d. -]+)"[^>]*>(.*)<\/svg>$/s.exec(svg) ?? [];
  if (viewBox === undefined || marks === undefined) throw new Error(`Vega drew ${title} in a form that is not known.`);
  const names = `${id}-${size}-title ${id}-${size}-description`;
  return html`<svg class="${size}" viewBox="${viewBox}" width="${viewBox.split(' ')[2]}" role="img" aria-labelledby="${names}"><title id="${id}-${size}-title">${title}</title><desc id="${id}-${size}-description">${description}</desc>${html.raw`${marks}`}</svg>`;
}

/** Draws a chart as SVG that needs no script, once for screens and paper, once for telephones. */
export async function renderChart(chart: Chart): Promise<SafeHtml> {
  const [wide, narrow] = [await drawing(chart, 'wide'), await drawing(chart, 'narrow')];
  return html`<figure class="chart">${wide}${narrow}</figure>`;
}
