import type { Pixels } from '../run-passes.ts';

/** The colours of an image in square cells: of each the sums of red, green and blue times alpha, and of alpha. */
interface Grid {
  side: number;
  columns: number;
  rows: number;
  cells: Float64Array;
}

/** The opacity from which a pixel keeps its own colour; below it, rounding may have changed the colour. */
const OWN_FROM = 32;

/** The smallest side of a cell. Each cell is held twice with 32 bytes, so that a pixel costs 4 bytes. */
const SMALLEST_SIDE = 4;

/** How many cells far colours spread: one for the reach, and one for interpolation between neighbouring cells. */
const SPREADS = 2;

/** The colours of RGBA pixels, three bytes each, where transparent ones have those of opaque ones near them: within `reach`, and black further away. */
export function bleedColours({ data, width, height }: Pixels, reach: number): Buffer {
  let grid = gridOf({ data, width, height }, Math.max(SMALLEST_SIDE, Math.ceil(reach)));
  for (let time = 0; time < SPREADS; time += 1) grid = spread(grid);
  const colours = Buffer.alloc(width * height * 3);
  const around = new Float64Array(4);
  for (let y = 0, at = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4, to += 3) {
      const share = Math.min(1, (data[at + 3] ?? 0) / OWN_FROM);
      if (share < 1) between(grid, x, y, around);
      const weight = share < 1 ? (around[3] ?? 0) : 0;
      for (let band = 0; band < 3; band += 1) {
        const own = data[at + band] ?? 0;
        colours[to + band] =
          weight > 0 ? own * share + ((around[band] ?? 0) / weight) * (1 - share) : own * Math.ceil(share);
      }
    }
  }
  return colours;
}

function gridOf({ data, width, height }: Pick<Pixels, 'data' | 'width' | 'height'>, side: number): Grid {
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  const cells = new Float64Array(columns * rows * 4);
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x += 1, at += 4) {
      const alpha = data[at + 3] ?? 0;
      if (alpha === 0) continue;
      const cell = (row + Math.floor(x / side)) * 4;
      for (let band = 0; band < 3; band += 1) add(cells, cell + band, (data[at + band] ?? 0) * alpha);
      add(cells, cell + 3, alpha);
    }
  }
  return { side, columns, rows, cells };
}

function add(cells: Float64Array, at: number, value: number): void {
  cells[at] = (cells[at] ?? 0) + value;
}

/** Gives cells without colour that of their neighbours. */
function spread(grid: Grid): Grid {
  const cells = grid.cells.slice();
  for (let row = 0; row < grid.rows; row += 1)
    for (let column = 0; column < grid.columns; column += 1) {
      const at = (row * grid.columns + column) * 4;
      if ((grid.cells[at + 3] ?? 0) > 0) continue;
      for (let y = Math.max(0, row - 1); y <= Math.min(grid.rows - 1, row + 1); y += 1)
        for (let x = Math.max(0, column - 1); x <= Math.min(grid.columns - 1, column + 1); x += 1)
          addColour(cells, at, { cells: grid.cells, from: (y * grid.columns + x) * 4, share: 1 });
    }
  return { ...grid, cells };
}

/** Adds the colour of a cell, whatever its weight, as so much. */
function addColour(
  to: Float64Array,
  at: number,
  { cells, from, share }: { cells: Float64Array; from: number; share: number },
): void {
  const weight = cells[from + 3] ?? 0;
  if (weight === 0 || share === 0) return;
  for (let band = 0; band < 3; band += 1) add(to, at + band, ((cells[from + band] ?? 0) / weight) * share);
  add(to, at + 3, share);
}

/** Interpolates between the four cells whose centres are around a pixel. */
function between({ side, columns, rows, cells }: Grid, x: number, y: number, to: Float64Array): void {
  to.fill(0);
  const [column, row] = [(x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  for (let down = 0; down < 2; down += 1)
    for (let across = 0; across < 2; across += 1) {
      const share = (across ? column - left : 1 - column + left) * (down ? row - top : 1 - row + top);
      const [atRow, atColumn] = [clamp(top + down, rows), clamp(left + across, columns)];
      addColour(to, 0, { cells, from: (atRow * columns + atColumn) * 4, share });
    }
}

const clamp = (place: number, count: number): number => Math.max(0, Math.min(count - 1, place));
