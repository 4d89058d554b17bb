/**
 * The colours of the page, each for light and for dark. Text has a contrast of at least 4.5 on the page and on panels, and what is drawn in
 * charts at least 3 (WCAG 2.2, 1.4.3 and 1.4.11). `series-1` to `series-7` follow each other in charts; `rest` is for all that is too small
 * for a colour of its own.
 */
export const PALETTE = {
  page: ['#fbfaf7', '#17181a'],
  panel: ['#f1efe9', '#212327'],
  text: ['#1d1f21', '#ebe9e4'],
  muted: ['#55595e', '#a9adb3'],
  line: ['#d8d4ca', '#3a3d42'],
  accent: ['#0b5c8a', '#7cc4ee'],
  warning: ['#a32017', '#ff9a8f'],
  'series-1': ['#1f6fa8', '#6fb5ea'],
  'series-2': ['#bf5b04', '#f0a04b'],
  'series-3': ['#2c7d53', '#6cc792'],
  'series-4': ['#7d55b3', '#bea3f2'],
  'series-5': ['#8f6b00', '#d9be52'],
  'series-6': ['#b3345a', '#f2889f'],
  'series-7': ['#0f7c86', '#58cdd0'],
  rest: ['#73777c', '#8d9299'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type Colour = keyof typeof PALETTE;

/** What SVG and CSS name a colour by. */
export const colour = (name: Colour): string => `var(--${name})`;

const SERIES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'series-7'] as const;

/** The colour of the thing at a place in a chart. */
export const seriesColour = (index: number): Colour => SERIES[index] ?? 'rest';

/** The declarations of all colours, for the style sheet. */
export const paletteCss = (): string =>
  `:root{${Object.entries(PALETTE)
    .map(([name, [light, dark]]) => `--${name}:light-dark(${light},${dark});`)
    .join('')}}`;
