import { expect } from 'chai';
import sharp from 'sharp';
import { BLENDS, type Blend, GRAVITIES } from '../../../../../shared/domain/command-values.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  look,
  plain,
  sketch,
} from '../../../../support/images/picture.ts';
import { view, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const watermark = (more: object = {}) => ({ operation: 'watermark', imageId: WATERMARK_ID, ...more });
const FLIPS = [{ operation: 'flip' }, { operation: 'flip' }];

/** Red 0, green 60, blue 90: told from a white base by its first value. */
const mark = (x: number, y: number): Colour => [0, 60 + x * 5, 90 + y * 5, 255];
const WIDTH = 40;
const HEIGHT = 30;
const base = () => plain(WIDTH, HEIGHT, COLOURS.W).png().toBuffer();
const stamp = (width = 10, height = 6) => draw(width, height, mark).png().toBuffer();

/** The base with the watermark at a place, whatever of it is inside. */
const stamped = (left: number, top: number, [width, height] = [10, 6]) =>
  sketch(WIDTH, HEIGHT, (x, y) => {
    const isInside = x >= left && x < left + width && y >= top && y < top + height;
    return isInside ? mark(x - left, y - top) : COLOURS.W;
  });

/** Where a gravity puts 10 × 6 into 40 × 30, that many pixels inwards. */
function place(gravity: string, x: number, y: number): [number, number] {
  const left = gravity.includes('west') ? x : gravity.includes('east') ? 30 - x : 15 + x;
  const top = gravity.includes('north') ? y : gravity.includes('south') ? 24 - y : 12 + y;
  return [left, top];
}

/** The result of blending two values from 0 to 1, by W3C's Compositing and Blending (https://www.w3.org/TR/compositing-1/#blending). */
const FORMULAS: Record<Exclude<Blend, 'atop' | 'saturate' | 'add'>, (below: number, above: number) => number> = {
  over: (_b, s) => s,
  multiply: (b, s) => b * s,
  screen: (b, s) => b + s - b * s,
  overlay: (b, s) => FORMULAS['hard-light'](s, b),
  darken: Math.min,
  lighten: Math.max,
  'colour-dodge': (b, s) => (b === 0 ? 0 : s >= 1 ? 1 : Math.min(1, b / (1 - s))),
  'colour-burn': (b, s) => (b >= 1 ? 1 : s <= 0 ? 0 : 1 - Math.min(1, (1 - b) / s)),
  'hard-light': (b, s) => (s <= 0.5 ? b * 2 * s : FORMULAS.screen(b, 2 * s - 1)),
  'soft-light': (b, s) => {
    const d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b);
    return s <= 0.5 ? b - (1 - 2 * s) * b * (1 - b) : b + (2 * s - 1) * (d - b);
  },
  difference: (b, s) => Math.abs(b - s),
  exclusion: (b, s) => b + s - 2 * b * s,
};

/** On an opaque base: the blended colour as far as the watermark is opaque, the base elsewhere. */
function blended(blend: Blend, below: Colour, [r, g, b, a]: Colour): Colour {
  const alpha = a / 255;
  const mixed = [r, g, b].map((value, band) => {
    const [under, over] = [(below[band] ?? 0) / 255, value / 255];
    if (blend === 'add' || blend === 'saturate') return saturated(blend, under, over, alpha);
    const formula = FORMULAS[blend === 'atop' ? 'over' : blend];
    return (1 - alpha) * under + alpha * formula(under, over);
  });
  return [...mixed.map((value) => Math.round(Math.min(1, value) * 255)), 255] as unknown as Colour;
}

/** Both add what the watermark gives; saturate takes no more than the base has left open, which is nothing where it is opaque. */
const saturated = (blend: Blend, under: number, over: number, alpha: number): number =>
  blend === 'add' ? Math.min(1, under + over * alpha) : under;

describe('watermark placement', () => {
  for (const gravity of GRAVITIES) {
    for (const [offsetX, offsetY] of [
      [0, 0],
      [3, 5],
      [25, 20],
      [16_000, 16_000],
    ] as const) {
      it(`goes ${gravity}, ${offsetX} and ${offsetY} pixels inwards, also partly or wholly outside`, async () => {
        const expected = stamped(...place(gravity, offsetX, offsetY));
        for (const before of offsetX === 3 ? [[], FLIPS] : [[]]) {
          const commands = [...before, watermark({ gravity, offsetX, offsetY })];
          expect(difference(await view(await base(), { commands, watermark: await stamp() }), expected).most).to.equal(
            0,
          );
        }
      });
    }
  }

  for (const [gravity, left, top] of [
    ['northwest', 0, 0],
    ['southeast', 0, 0],
    ['centre', 5, 0],
    ['northeast', 0, 0],
  ] as const) {
    it(`tiles from the ${gravity}`, async () => {
      const commands = [watermark({ gravity, tile: true })];
      const picture = await view(await base(), { commands, watermark: await stamp() });
      const expected = sketch(WIDTH, HEIGHT, (x, y) => mark((x + left) % 10, (y + top) % 6));
      expect(difference(picture, expected).most).to.equal(0);
    });
  }

  it('tiles a watermark that does not divide the image, and one of the same size', async () => {
    for (const [width, height] of [
      [7, 11],
      [40, 30],
      [400, 300],
      [1, 1],
    ] as const) {
      const commands = [watermark({ gravity: 'northwest', tile: true })];
      const picture = await view(await base(), { commands, watermark: await stamp(width, height) });
      expect(picture.pixels.filter((value, at) => at % 4 === 0 && value > 40)).to.have.lengthOf(0);
    }
  });

  it('tiles at a scale and an opacity', async () => {
    const commands = [watermark({ gravity: 'northwest', tile: true, scale: 0.5, opacity: 0.5 })];
    const watermarkImage = await plain(4, 2, COLOURS.K).png().toBuffer();
    const picture = await view(await base(), { commands, watermark: watermarkImage });
    expect(
      difference(
        picture,
        sketch(WIDTH, HEIGHT, () => [128, 128, 128, 255]),
      ).most,
    ).to.be.at.most(2);
  });
});

describe('watermark blend', () => {
  const BELOW: Colour[] = [
    [200, 100, 50, 255],
    [20, 240, 128, 255],
    [10, 245, 90, 255],
  ];
  const ABOVE: Colour[] = [
    [100, 180, 30, 255],
    [245, 10, 140, 255],
    [90, 90, 90, 0],
  ];

  for (const blend of BLENDS) {
    it(`${blend} makes of two colours what its formula says`, async () => {
      for (const below of BELOW)
        for (const above of ABOVE) {
          const image = await plain(6, 6, below).removeAlpha().png().toBuffer();
          const commands = [watermark({ blend })];
          const picture = await view(image, { commands, watermark: await plain(6, 6, above).png().toBuffer() });
          const expected = blended(blend, below, above);
          const seen = picture.at(3, 3);
          expect(distance(seen, expected), `${below} under ${above} is ${seen}, not ${expected}`).to.be.at.most(2);
        }
    });
  }

  // libvips departs from the formulas where both shine through; what counts here is that nothing of ours does.
  for (const blend of BLENDS) {
    it(`${blend} of transparent colours is the same as sharp’s`, async () => {
      const image = await draw(6, 6, (x) => (x < 3 ? [0, 0, 255, 128] : [0, 0, 0, 0]))
        .png()
        .toBuffer();
      const red = await plain(6, 6, [255, 0, 0, 128]).png().toBuffer();
      const picture = await view(image, { commands: [watermark({ blend })], watermark: red });
      const expected = await look(
        await sharp(image)
          .composite([{ input: red, blend }])
          .png()
          .toBuffer(),
      );
      expect(difference(picture, expected).most).to.be.at.most(1);
    });
  }

  it('adds up the opacity over a transparent image', async () => {
    const image = await draw(6, 6, (x) => (x < 3 ? [0, 0, 255, 128] : [0, 0, 0, 0]))
      .png()
      .toBuffer();
    const red = await plain(6, 6, [255, 0, 0, 128]).png().toBuffer();
    const over = await view(image, { commands: [watermark()], watermark: red });
    expect(distance(over.at(1, 1), [170, 0, 85, 192])).to.be.at.most(2);
    expect(distance(over.at(4, 1), [255, 0, 0, 128])).to.be.at.most(2);
  });

  it('leaves an opaque image opaque', async () => {
    const image = await plain(6, 6, COLOURS.B).removeAlpha().png().toBuffer();
    for (const blend of BLENDS) {
      const glass = await plain(3, 3, [255, 0, 0, 30]).png().toBuffer();
      const picture = await view(image, { commands: [watermark({ blend })], watermark: glass });
      expect(picture.pixels.filter((value, at) => at % 4 === 3 && value < 255)).to.have.lengthOf(0);
    }
  });
});
