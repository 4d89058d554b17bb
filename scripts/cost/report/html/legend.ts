import { html, type SafeHtml } from '@remix-run/html-template';
import { type Colour, colour } from './palette.ts';

/** The mark that ties a row of a legend or of a table to its colour in a chart. It is drawn, because browsers print no backgrounds. */
export const swatch = (name: Colour): SafeHtml =>
  html`<svg class="swatch" width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill="${colour(name)}"/></svg>`;

export const legend = (entries: readonly (readonly [name: string, colour: Colour])[]): SafeHtml =>
  html`<ul class="legend">${entries.map(([name, tone]) => html`<li>${swatch(tone)} ${name}</li>`)}</ul>`;
