import { expect } from 'chai';
import { fromLch, greyOf, toLch } from '../../../../support/images/colour-spaces.ts';
import { COLOURS, type Colour, difference, distance, draw, plain, sketch } from '../../../../support/images/picture.ts';
import { view } from '../../../../support/worker/rendition-run.ts';

/** Colours of all kinds, opaque and not. */
const PALETTE: Colour[] = [
  [200, 100, 50, 255],
  [30, 180, 90, 255],
  [60, 60, 220, 128],
  [128, 128, 128, 255],
  [0, 0, 0, 255],
  [255, 255, 255, 40],
  [255, 0, 0, 200],
  [90, 140, 160, 1],
];
const FLIPS = [{ operation: 'flip' }, { operation: 'flip' }];

/** Fields of 8 × 8 pixels, one for each colour of the palette. */
const fields = (colours = PALETTE) => draw(8 * colours.length, 8, (x) => colours[Math.floor(x / 8)] ?? COLOURS.K);

type Change = (colour: Colour) => readonly number[];

/** Compares what commands make of each colour, first in the list and later, with and without transparency. */
async function expectColours(commands: object[], change: Change, tolerance: number): Promise<void> {
  const opaque = PALETTE.map(([r, g, b]): Colour => [r, g, b, 255]);
  for (const [colours, image] of [
    [PALETTE, await fields().png().toBuffer()],
    [opaque, await fields(opaque).removeAlpha().png().toBuffer()],
  ] as const) {
    const isOpaque = colours === opaque;
    for (const list of [commands, [...FLIPS, ...commands], [...commands, ...FLIPS]]) {
      const picture = await view(image, { commands: list });
      for (const [index, colour] of colours.entries()) {
        const [r = 0, g = 0, b = 0, a = 255] = change(colour);
        const expected: Colour = [r, g, b, isOpaque ? 255 : a];
        const seen = picture.at(index * 8 + 4, 4);
        expect(distance(seen, expected), `${colour} is ${seen}, not ${expected.map(Math.round)}`).to.be.at.most(
          tolerance,
        );
      }
    }
  }
}

const clamp = (value: number): number => Math.max(0, Math.min(255, value));

describe('commands on colours', () => {
  for (const [background, below] of [
    ['#000000', [0, 0, 0]],
    ['#c04020', [192, 64, 32]],
  ] as const) {
    it(`flatten puts ${background} behind`, () =>
      expectColours(
        [{ operation: 'flatten', background }],
        ([r, g, b, a]) => [r, g, b].map((value, band) => (value * a + (below[band] ?? 0) * (255 - a)) / 255),
        1,
      ));
  }

  it('negate subtracts every value from 255, transparency as well by default', async () => {
    await expectColours([{ operation: 'negate' }], (colour) => colour.map((value) => 255 - value), 0);
    const alpha = { operation: 'negate', alpha: false };
    await expectColours([alpha], ([r, g, b, a]) => [255 - r, 255 - g, 255 - b, a], 0);
  });

  for (const [a, b] of [
    [1, 0],
    [1.4, -30],
    [0, 77],
    [-1, 255],
    [1000, -1000],
    [[1, 0.5, 2], 10],
    [
      [1, 1, 1],
      [50, -50, 0],
    ],
    [0.5, [0, 100, 200]],
  ] as [number | number[], number | number[]][]) {
    it(`linear makes a × value + b of a = ${a}, b = ${b}, and leaves transparency`, () => {
      const each = (figure: number | number[], band: number) =>
        typeof figure === 'number' ? figure : (figure[band] ?? 0);
      const change: Change = (colour) => [
        ...[0, 1, 2].map((band) => clamp(each(a, band) * (colour[band] ?? 0) + each(b, band))),
        colour[3],
      ];
      return expectColours([{ operation: 'linear', a, b }], change, 1);
    });
  }

  it('grayscale keeps the lightness and the transparency', () =>
    expectColours(
      [{ operation: 'grayscale' }],
      (colour) => [...new Array<number>(3).fill(greyOf(colour)), colour[3]],
      2,
    ));

  for (const threshold of [0, 1, 100, 128, 200, 255]) {
    it(`threshold ${threshold} makes what is as light white and the rest black, and leaves transparency`, () =>
      expectColours(
        [{ operation: 'threshold', threshold }],
        (colour) => [...new Array<number>(3).fill(Math.round(greyOf(colour)) >= threshold ? 255 : 0), colour[3]],
        0,
      ));

    it(`threshold ${threshold} without grayscale does so to each channel`, () =>
      expectColours(
        [{ operation: 'threshold', threshold, grayscale: false }],
        ([r, g, b, a]) => [...[r, g, b].map((value) => (value >= threshold ? 255 : 0)), a],
        0,
      ));
  }

  for (const [gamma, gammaOut] of [
    [1, 2],
    [2, 1],
    [1, 3],
    [3, 1],
  ] as const) {
    it(`gamma ${gamma} darkens and gammaOut ${gammaOut} brightens`, () =>
      expectColours(
        [{ operation: 'gamma', gamma, gammaOut }],
        ([r, g, b, a]) => [...[r, g, b].map((value) => 255 * (value / 255) ** (gamma / gammaOut)), a],
        1,
      ));
  }

  it('gamma with one figure changes nothing but by rounding', () =>
    expectColours([{ operation: 'gamma' }], (colour) => colour, 3));

  for (const [name, parameters, change] of [
    ['brightness multiplies the lightness', { brightness: 0.6 }, ([l, c, h]) => [l * 0.6, c, h]],
    ['lightness is added', { lightness: 15 }, ([l, c, h]) => [l + 15, c, h]],
    ['saturation 0 leaves grey', { saturation: 0 }, ([l, , h]) => [l, 0, h]],
    ['saturation multiplies the colour', { saturation: 0.5 }, ([l, c, h]) => [l, c * 0.5, h]],
    ['hue turns by degrees', { hue: 180, saturation: 0.4 }, ([l, c, h]) => [l, c * 0.4, h + 180]],
    ['hue turns back', { hue: -60, saturation: 0.3 }, ([l, c, h]) => [l, c * 0.3, h - 60]],
  ] as [string, object, (lch: [number, number, number]) => [number, number, number]][]) {
    it(`modulate: ${name}`, () =>
      expectColours(
        [{ operation: 'modulate', ...parameters }],
        (colour) => {
          const [l, c, h] = change(toLch(colour));
          // Black and white have no room above and below.
          return [...fromLch([Math.max(0, Math.min(100, l)), c, h]), colour[3]];
        },
        5,
      ));
  }

  it('tint keeps the lightness, has the hue of the colour, and leaves black and white', async () => {
    const [, , hue] = toLch([192, 128, 64]);
    for (const colours of [PALETTE, PALETTE.map((colour): Colour => [...grey(colour), colour[3]])]) {
      const commands = [{ operation: 'tint', tint: '#c08040' }];
      for (const list of [commands, [{ operation: 'grayscale' }, ...commands]]) {
        const picture = await view(await fields(colours).png().toBuffer(), { commands: list });
        for (const [index, colour] of colours.entries()) {
          const seen = picture.at(index * 8 + 4, 4);
          expect(seen[3]).to.equal(colour[3]);
          const [[l], [lightness, c, h]] = [toLch(colour), toLch(seen)];
          expect(Math.abs(lightness - l), `${colour} is ${seen}`).to.be.at.most(2);
          if (l > 20 && l < 80)
            expect([c > 10, Math.abs(h - hue) < 12], `${colour} is ${seen}`).to.deep.equal([true, true]);
          if (l < 1 || l > 99) expect(c, `${colour} is ${seen}`).to.be.at.most(2);
        }
      }
    }
  });

  const grey = (colour: Colour) => new Array<number>(3).fill(Math.round(greyOf(colour))) as [number, number, number];

  describe('normalise', () => {
    /** A slope of greys from 60 to 180, as transparent as told. */
    const slope = (alpha: number) => draw(121, 10, (x) => [60 + x, 60 + x, 60 + x, alpha]);

    for (const [lower, upper] of [
      [0, 100],
      [1, 99],
      [10, 60],
    ] as const) {
      it(`stretches the lightness from ${lower} to ${upper} percent`, async () => {
        for (const alpha of [255, 90]) {
          const commands = [{ operation: 'normalise', lower, upper }];
          const picture = await view(await slope(alpha).png().toBuffer(), { commands });
          const [low, high] = [lower, upper].map((percent) => toLch(greys(60 + percent * 1.2))[0]) as [number, number];
          for (let x = 0; x < 121; x += 1) {
            const l = ((toLch(greys(60 + x))[0] - low) * 100) / (high - low);
            const expected = fromLch([Math.max(0, Math.min(100, l)), 0, 0])[0];
            expect(Math.abs(picture.at(x, 5)[0] - expected), `${x}`).to.be.at.most(8);
            expect(picture.at(x, 5)[3]).to.equal(alpha);
          }
        }
      });
    }

    it('leaves an image of one colour', async () => {
      const image = await plain(9, 9, [70, 80, 90, 255]).png().toBuffer();
      const picture = await view(image, { commands: [{ operation: 'normalise' }] });
      expect(
        difference(
          picture,
          sketch(9, 9, () => [70, 80, 90, 255]),
        ).most,
      ).to.equal(0);
    });

    const greys = (value: number): Colour => [value, value, value, 255];
  });

  describe('clahe', () => {
    const clahe = (more: object) => ({ operation: 'clahe', width: 9, height: 7, maxSlope: 0, ...more });
    const dull = (x: number, y: number): Colour => [
      100 + ((x * 7 + y * 3) % 23),
      90 + ((x * 5 + y * 11) % 17),
      120,
      77,
    ];

    it('gives each pixel its rank in the window around it', async () => {
      const picture = await view(await draw(30, 24, dull).png().toBuffer(), { commands: [clahe({})] });
      for (let y = 4; y < 20; y += 1)
        for (let x = 5; x < 25; x += 1)
          for (const band of [0, 1]) {
            const own = dull(x, y)[band] ?? 0;
            let below = 0;
            for (let v = -3; v <= 3; v += 1)
              for (let u = -4; u <= 4; u += 1) below += (dull(x + u, y + v)[band] ?? 0) <= own ? 1 : 0;
            const expected = (below * 255) / 63;
            expect(Math.abs((picture.at(x, y)[band] ?? 0) - expected), `${x}, ${y}`).to.be.at.most(10);
          }
    });

    it('is bounded by maxSlope, and leaves transparency', async () => {
      const image = await draw(30, 24, dull).png().toBuffer();
      const spread = async (maxSlope: number) => {
        const { pixels } = await view(image, { commands: [clahe({ maxSlope })] });
        const reds = pixels.filter((_, at) => at % 4 === 0);
        expect(pixels.filter((value, at) => at % 4 === 3 && value !== 77)).to.have.lengthOf(0);
        return Math.max(...reds) - Math.min(...reds);
      };
      const spreads = [await spread(1), await spread(3), await spread(10), await spread(0)];
      expect(spreads).to.deep.equal(spreads.toSorted((a, b) => a - b));
      expect(spreads[0]).to.be.below(120);
      expect(spreads[3]).to.be.above(200);
    });

    it('takes windows as large as the image, and refuses larger ones', async () => {
      const image = await draw(30, 24, dull).png().toBuffer();
      const outcome = (width: number, height: number, before: object[] = []) =>
        view(image, { commands: [...before, clahe({ width, height })] }).then(
          (picture) => `${picture.width} × ${picture.height}`,
          (error: { code: string }) => error.code,
        );
      expect(await outcome(30, 24)).to.equal('30 × 24');
      expect(await outcome(1, 1)).to.equal('30 × 24');
      expect(await outcome(31, 24)).to.equal('command_not_applicable');
      expect(await outcome(30, 25)).to.equal('command_not_applicable');
      const crop = { operation: 'crop', left: 0, top: 0, width: 20, height: 10 };
      expect(await outcome(30, 24, [crop])).to.equal('command_not_applicable');
      expect(await outcome(20, 10, [crop])).to.equal('20 × 10');
    });
  });
});
