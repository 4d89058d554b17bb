import { expect } from 'chai';
import type { Sharp } from 'sharp';
import { GRAVITIES } from '../../../../../shared/domain/command-values.ts';
import { COLOURS, type Colour, distance, layoutOf, plain, quadrants } from '../../../../support/images/picture.ts';
import { view, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const watermark = (more: object = {}) => [{ operation: 'watermark', imageId: WATERMARK_ID, ...more }];
const GREY: Colour = [60, 60, 60, 255];

/** Bases and watermarks of every kind of pixel. */
const KINDS: Record<string, (image: Sharp) => Promise<Buffer>> = {
  sRGB: (image) => image.png().toBuffer(),
  'sRGB without alpha': (image) => image.removeAlpha().png().toBuffer(),
  greyscale: (image) => image.removeAlpha().toColourspace('b-w').png().toBuffer(),
  'greyscale with alpha': (image) => image.toColourspace('b-w').png().toBuffer(),
  '16-bit': (image) => image.toColourspace('rgb16').png().toBuffer(),
  '16-bit greyscale': (image) => image.toColourspace('grey16').png().toBuffer(),
  palette: (image) => image.png({ palette: true }).toBuffer(),
  CMYK: (image) => image.toColourspace('cmyk').jpeg().toBuffer(),
  P3: (image) => image.withIccProfile('p3').png().toBuffer(),
};

describe('watermark', () => {
  const stamp = (width = 10, height = 10, colour: Colour = COLOURS.R) => plain(width, height, colour).png().toBuffer();
  const base = (width = 30, height = 30) => plain(width, height, COLOURS.W).png().toBuffer();

  for (const gravity of GRAVITIES) {
    it(`goes ${gravity}`, async () => {
      const picture = await view(await base(), { commands: watermark({ gravity }), watermark: await stamp() });
      const row = gravity.includes('north') ? 0 : gravity.includes('south') ? 2 : 1;
      const column = gravity.includes('west') ? 0 : gravity.includes('east') ? 2 : 1;
      const rows = ['WWW', 'WWW', 'WWW'];
      rows[row] = ['RWW', 'WRW', 'WWR'][column] ?? '';
      expect(layoutOf(picture, 3, 3)).to.equal(rows.join('/'));
    });
  }

  for (const [opacity, red] of [
    [0, 255],
    [0.25, 191],
    [0.5, 128],
    [1, 0],
  ] as const) {
    it(`with opacity ${opacity} lets that much less through`, async () => {
      for (const mark of [
        await stamp(10, 10, COLOURS.K),
        await plain(10, 10, COLOURS.K).removeAlpha().png().toBuffer(),
      ]) {
        const picture = await view(await base(), { commands: watermark({ opacity }), watermark: mark });
        expect(distance(picture.at(25, 25), [red, red, red, 255])).to.be.at.most(2);
        expect(picture.at(5, 5)).to.deep.equal(COLOURS.W);
      }
    });
  }

  it('keeps its own transparency, times the opacity', async () => {
    const mark = await stamp(10, 10, [0, 0, 0, 128]);
    const picture = await view(await base(), { commands: watermark({ opacity: 0.5 }), watermark: mark });
    expect(distance(picture.at(25, 25), [191, 191, 191, 255])).to.be.at.most(2);
  });

  /** Size of the base, of the watermark, the scale, and the columns and rows that it covers from the bottom right corner. */
  const SIZES: [string, [number, number], [number, number], number | undefined, [number, number]][] = [
    ['keeps its size without a scale', [40, 40], [10, 5], undefined, [10, 5]],
    ['larger than the image becomes as large as fits', [40, 40], [160, 80], undefined, [40, 20]],
    ['higher than the image becomes as high', [40, 20], [20, 80], undefined, [5, 20]],
    ['scale is the width relative to the image', [40, 40], [100, 50], 0.5, [20, 10]],
    ['scale enlarges a small one', [40, 40], [2, 1], 0.5, [20, 10]],
    ['scale is held back by the height of the image', [40, 10], [10, 10], 1, [10, 10]],
    ['the smallest scale leaves a pixel', [40, 40], [10, 10], 0.01, [1, 1]],
    ['covers a single pixel', [1, 1], [50, 30], undefined, [1, 1]],
    ['of a single pixel', [4, 4], [1, 1], undefined, [1, 1]],
  ];
  for (const [fact, [width, height], [w, h], scale, [columns, rows]] of SIZES) {
    it(`${fact}`, async () => {
      const picture = await view(await base(width, height), {
        commands: watermark({ scale }),
        watermark: await stamp(w, h),
      });
      expect([picture.width, picture.height]).to.deep.equal([width, height]);
      const red = (x: number, y: number) => distance(picture.at(x, y), COLOURS.R) < 40;
      const across = Array.from({ length: width }, (_, x) => x).filter((x) => red(x, height - 1));
      const down = Array.from({ length: height }, (_, y) => y).filter((y) => red(width - 1, y));
      expect([across.length, down.length]).to.deep.equal([columns, rows]);
    });
  }

  it('stands upright whatever the orientation of its file and of the image', async () => {
    const mark = await quadrants(20, 10).withMetadata({ orientation: 6 }).png().toBuffer();
    const image = await plain(60, 40, COLOURS.W).withMetadata({ orientation: 8 }).png().toBuffer();
    const picture = await view(image, { commands: [...watermark({ gravity: 'northwest' })], watermark: mark });
    expect([picture.width, picture.height]).to.deep.equal([40, 60]);
    expect(picture.at(2, 2)).to.deep.equal(COLOURS.B);
    expect(picture.at(7, 2)).to.deep.equal(COLOURS.R);
    expect(picture.at(12, 2)).to.deep.equal(COLOURS.W);
    expect(picture.at(2, 17)).to.deep.equal(COLOURS.Y);
  });

  for (const [kind, encode] of Object.entries(KINDS)) {
    it(`keeps its colour on a ${kind} base`, async () => {
      const image = await encode(plain(32, 32, GREY));
      const alone = (await view(image)).at(5, 5);
      for (const before of [[], [{ operation: 'flip' }]]) {
        const picture = await view(image, { commands: [...before, ...watermark()], watermark: await stamp() });
        expect(distance(picture.at(27, 27), COLOURS.R), 'watermark').to.be.at.most(2);
        expect(distance(picture.at(5, 5), alone), 'base').to.be.at.most(2);
      }
    });

    it(`in ${kind} looks as it does alone`, async () => {
      const alone = (await view(await encode(plain(16, 16, COLOURS.R)))).at(8, 8);
      const image = await plain(32, 32, GREY).png().toBuffer();
      const picture = await view(image, { commands: watermark(), watermark: await encode(plain(16, 16, COLOURS.R)) });
      expect(distance(picture.at(24, 24), alone)).to.be.at.most(3);
      expect(picture.at(5, 5)).to.deep.equal(GREY);
    });
  }
});
