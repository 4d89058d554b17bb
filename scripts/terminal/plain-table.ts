import Table from 'cli-table3';

/** A table without lines or colours, so that it can be pasted anywhere. */
export const plainTable = (head: string[]): Table.Table =>
  new Table({ head, style: { head: [], 'padding-left': 0, 'padding-right': 2 }, chars: NO_LINES });

export const linesOf = (table: Table.Table): string =>
  table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');

/** Replaces every character with which cli-table3 draws lines. */
export const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((place) => [place, '']),
);

/** A table whose columns of numbers, from the given one on, are on the right. */
export function alignedTable(head: string[], rows: string[][], numbersFrom: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const placed = (row: string[]) =>
    row.map((text, column) => (column >= numbersFrom ? text.padStart(widths[column] ?? 0) : text));
  const plain = plainTable(placed(head));
  plain.push(...rows.map(placed));
  return linesOf(plain);
}

/** The first of some texts that no line of a terminal with so many columns cuts, or the last, which is the narrowest. */
export function fitting(width: number, texts: readonly (() => string)[]): string {
  const fits = (text: string) => text.split('\n').every((line) => line.length <= width);
  return texts.map((make) => make()).find((text, index) => fits(text) || index === texts.length - 1) ?? '';
}
