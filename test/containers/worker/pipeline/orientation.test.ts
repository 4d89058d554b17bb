import { expect } from 'chai';
import { type Colour, draw } from '../../../support/images/picture.ts';
import { view } from '../../../support/worker/rendition-run.ts';

/** Rows of pixels. */
type Grid = Colour[][];

const pick = (width: number, height: number, at: (x: number, y: number) => Colour | undefined): Grid =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => at(x, y) ?? [0, 0, 0, 0]));

const widthOf = (grid: Grid): number => grid[0]?.length ?? 0;

const turned: Record<string, (grid: Grid) => Grid> = {
  flip: (grid) => grid.toReversed(),
  flop: (grid) => grid.map((row) => row.toReversed()),
  rotate: (grid) => pick(grid.length, widthOf(grid), (x, y) => grid[grid.length - 1 - x]?.[y]),
  crop: (grid) => pick(3, 3, (x, y) => grid[y + 1]?.[x + 1]),
};

/** Where the upright image's pixel x, y is in the stored one of w × h, from the figure of orientations in CIPA DC-008. */
const UPRIGHT: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _w, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x],
};

function upright(grid: Grid, orientation: number): Grid {
  const [w, h] = [widthOf(grid), grid.length];
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  return pick(width, height, (x, y) => {
    const [sx, sy] = UPRIGHT[orientation]?.(x, y, w, h) ?? [x, y];
    return grid[sy]?.[sx];
  });
}

function expected(stored: Grid, names: string[], orientation: number): Grid {
  const list = names.includes('autoOrient') ? names : ['autoOrient', ...names];
  return list.reduce((grid, name) => turned[name]?.(grid) ?? upright(grid, orientation), stored);
}

const commandOf = (name: string): object => ({
  operation: name,
  ...(name === 'rotate' && { angle: 90 }),
  ...(name === 'crop' && { left: 1, top: 1, width: 3, height: 3 }),
});

/** Each pixel by its place in STORED, which makes a failure readable. */
const write = (grid: Grid): string => grid.map((row) => row.map(([r, g]) => `${r / 30}${g / 50}`).join(' ')).join('\n');

/** Every pixel another colour, so that a misplaced one shows. */
const STORED: Grid = pick(7, 5, (x, y) => [x * 30, y * 50, 0, 255]);

const LISTS = [
  [],
  ['autoOrient'],
  ...['flip', 'flop', 'rotate', 'crop'].flatMap((name) => [[name], ['autoOrient', name], [name, 'autoOrient']]),
  ['flip', 'rotate', 'autoOrient'],
  ['rotate', 'autoOrient', 'flop'],
  ['crop', 'autoOrient', 'rotate', 'flip'],
  ['rotate', 'flip', 'crop', 'autoOrient'],
  ['rotate', 'rotate', 'rotate', 'flop', 'autoOrient', 'flip', 'crop'],
];

describe('EXIF orientation', () => {
  for (const orientation of Object.keys(UPRIGHT).map(Number)) {
    it(`${orientation} is done upright at its place in every list, pixel by pixel`, async () => {
      const image = await draw(7, 5, (x, y) => STORED[y]?.[x] ?? [0, 0, 0, 0])
        .withMetadata({ orientation })
        .png()
        .toBuffer();
      for (const names of LISTS) {
        const { width, height, at } = await view(image, { commands: names.map(commandOf) });
        expect(write(pick(width, height, at)), names.join(', ')).to.equal(write(expected(STORED, names, orientation)));
      }
    });

    it(`${orientation} of JPEG and TIFF files is done upright by default`, async () => {
      const source = draw(40, 24, (x, y) => (x < 20 && y < 12 ? [255, 0, 0, 255] : [0, 0, 255, 255]));
      for (const format of ['jpeg', 'tiff', 'webp', 'avif'] as const) {
        const image = await source.clone().withMetadata({ orientation }).toFormat(format).toBuffer();
        const { width, height, at } = await view(image);
        expect([width, height], format).to.deep.equal(orientation > 4 ? [24, 40] : [40, 24]);
        const [sx = 0, sy = 0] = UPRIGHT[orientation]?.(5, 5, 40, 24) ?? [];
        const red = sx < 20 && sy < 12;
        expect(at(5, 5)[0] > 128, format).to.equal(red);
      }
    });
  }

  it('out of range counts as upright', async () => {
    const image = await draw(4, 2, (x) => (x < 2 ? [255, 0, 0, 255] : [0, 0, 255, 255]))
      .withExif({ IFD0: { Orientation: '9' } })
      .png()
      .toBuffer();
    for (const commands of [[], [commandOf('flip'), commandOf('autoOrient')]]) {
      const { width, height, at } = await view(image, { commands });
      expect([width, height, at(0, 0)]).to.deep.equal([4, 2, [255, 0, 0, 255]]);
    }
  });
});
