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
