import { html, type SafeHtml } from '@remix-run/html-template';
import { formatUsd } from '../amounts.ts';
import type { Range } from '../cost-report.ts';
import { RANGE_NAMES } from '../range-columns.ts';
import { capitalised } from './area-title.ts';

type Cell = SafeHtml | string;

/** The title of a column of words, or of numbers, which are aligned at their ends. */
type Column = string | { number: string };

interface Table {
  caption: string;
  /** The first column names the row. */
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** The row of the sums. */
  total?: readonly Cell[];
}

export const RANGE_HEADS: readonly Column[] = RANGE_NAMES.map((name) => ({ number: capitalised(name) }));

/** The cells below `RANGE_HEADS`. */
export const rangeCells = (usd: Range): string[] => RANGE_NAMES.map((name) => formatUsd(usd[name]));

const kindOf = (column: Column | undefined): string => (typeof column === 'object' ? 'number' : 'words');

function rowOf(columns: readonly Column[], [name = '', ...others]: readonly Cell[]): SafeHtml {
  const data = others.map((cell, index) => html`<td class="${kindOf(columns[index + 1])}">${cell}</td>`);
  return html`<tr><th scope="row">${name}</th>${data}</tr>`;
}

/** A table that scrolls by itself where a screen is narrower, also by the keyboard. */
export function table({ caption, columns, rows, total }: Table): SafeHtml {
  const heads = columns.map((column) => {
    const title = typeof column === 'object' ? column.number : column;
    return html`<th scope="col" class="${kindOf(column)}">${title}</th>`;
  });
  const foot = total ? html`<tfoot>${rowOf(columns, total)}</tfoot>` : '';
  return html`<div class="table" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows.map((cells) => rowOf(columns, cells))}</tbody>${foot}</table></div>
`;
}
