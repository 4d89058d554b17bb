import { expect } from 'chai';
import sharp from 'sharp';
import { grain } from '../../../../support/images/grain.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  look,
  type Picture,
} from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 160;
const HEIGHT = 120;
const scene = (x: number, y: number): Colour =>
  grain(x, y, [127 + 90 * Math.sin(x / 9) * Math.cos(y / 7), x * 1.2, y * 1.8, x < 40 ? y + 100 : 255]);
/** A photograph that shines through at its left, and one that does not. */
const transparent = () => draw(WIDTH, HEIGHT, scene).png().toBuffer();
const opaque = () => draw(WIDTH, HEIGHT, scene).removeAlpha().png().toBuffer();

const encoded = async (image: Buffer, output: object) => (await render(image, { output })).data;
const apart = async (data: Buffer, original: Buffer) => difference(await look(data), await look(original));

function coloursOf({ width, height, at }: Picture): number {
  const seen = new Set<string>();
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) seen.add(at(x, y).join());
  return seen.size;
}

/** Where a PNG says what its pixels are, and that they are places in a palette. */
const PNG_COLOUR_TYPE = 25;
const PALETTE = 3;

/** Values of a TIFF's tag 259. */
const DEFLATE = 8;
const JPEG = 7;

/** Tag 259 in the first directory of a little-endian TIFF. */
function compressionOf(tiff: Buffer): number | undefined {
  const directory = tiff.readUInt32LE(4);
  const entries = Array.from({ length: tiff.readUInt16LE(directory) }, (_, at) => directory + 2 + at * 12);
  const entry = entries.find((at) => tiff.readUInt16LE(at) === 259);
  return entry === undefined ? undefined : tiff.readUInt16LE(entry + 8);
}

describe('output options', () => {
  for (const [format, options] of [
    ['png', {}],
    ['tiff', {}],
    ['webp', { lossless: true }],
    ['webp', { lossless: true, effort: 0, quality: 20 }],
  ] as const) {
    it(`${format} with ${JSON.stringify(options)} keeps every pixel`, async () => {
      for (const image of [await transparent(), await opaque()])
        expect((await apart(await encoded(image, { format, ...options }), image)).most).to.equal(0);
    });
  }

  it('avif with lossless is nearer than with the highest quality', async () => {
    const image = await opaque();
    const lossless = await apart(await encoded(image, { format: 'avif', lossless: true }), image);
    const best = await apart(await encoded(image, { format: 'avif', quality: 100 }), image);
    expect(lossless.most).to.be.at.most(2);
    expect(lossless.mean).to.be.at.most(best.mean);
  });

  for (const format of ['jpeg', 'webp', 'avif', 'tiff']) {
    it(`${format} of more quality is larger and nearer to the original`, async () => {
      const image = await opaque();
      const qualities = [10, 40, 70, 95];
      const results = await Promise.all(qualities.map((quality) => encoded(image, { format, quality })));
      const means = await Promise.all(results.map(async (data) => (await apart(data, image)).mean));
      const bytes = results.map(({ length }) => length);
      for (const at of [1, 2, 3]) {
        expect(bytes[at], `bytes at ${qualities[at]}`).to.be.above(bytes[at - 1] ?? 0);
        expect(means[at], `difference at ${qualities[at]}`).to.be.below(means[at - 1] ?? 0);
      }
      expect(means[3]).to.be.below(4);
    });
  }

  for (const [format, low, high] of [
    ['webp', 0, 6],
    ['avif', 0, 6],
    ['png', 1, 10],
    ['gif', 1, 10],
  ] as const) {
    it(`${format} of more effort is no larger, and looks alike`, async () => {
      const image = await opaque();
      const [quick, slow] = [
        await encoded(image, { format, effort: low }),
        await encoded(image, { format, effort: high }),
      ];
      expect(slow.length).to.be.at.most(quick.length);
      expect(slow.equals(quick)).to.equal(false);
      expect((await apart(slow, image)).mean).to.be.below((await apart(quick, image)).mean + 1);
    });
  }

  for (const format of ['jpeg', 'png']) {
    it(`${format} is progressive when asked for, with the same pixels`, async () => {
      const image = await opaque();
      const [usual, progressive] = [
        await encoded(image, { format }),
        await encoded(image, { format, progressive: true }),
      ];
      const isProgressive = async (data: Buffer) => (await sharp(data).metadata()).isProgressive ?? false;
      expect([await isProgressive(usual), await isProgressive(progressive)]).to.deep.equal([false, true]);
      expect((await apart(progressive, usual)).most).to.equal(0);
    });
  }

  it('gif is interlaced when asked for, with the same pixels', async () => {
    const image = await opaque();
    const [usual, progressive] = [
      await encoded(image, { format: 'gif' }),
      await encoded(image, { format: 'gif', progressive: true }),
    ];
    expect(progressive.equals(usual)).to.equal(false);
    expect((await apart(progressive, usual)).most).to.equal(0);
  });

  it('mozjpeg is smaller, and no further from the original by much', async () => {
    const image = await opaque();
    const [usual, smaller] = [
      await encoded(image, { format: 'jpeg' }),
      await encoded(image, { format: 'jpeg', mozjpeg: true }),
    ];
    expect(smaller.length).to.be.below(usual.length);
    expect((await apart(smaller, image)).mean).to.be.below((await apart(usual, image)).mean + 1.5);
  });

  it('png with a palette or a quality has at most 256 colours, and keeps transparency', async () => {
    for (const image of [await transparent(), await opaque()]) {
      const [full, palette, poor] = await Promise.all(
        [{}, { palette: true }, { quality: 10 }].map((more) => encoded(image, { format: 'png', ...more })),
      );
      if (!full || !palette || !poor) throw new Error('Three were asked for');
      expect(coloursOf(await look(full))).to.be.above(1000);
      expect([full, palette, poor].map((png) => png[PNG_COLOUR_TYPE] === PALETTE)).to.deep.equal([false, true, true]);
      expect(coloursOf(await look(palette))).to.be.within(100, 256);
      expect(coloursOf(await look(poor))).to.be.within(2, 256);
      expect(palette.length).to.be.below(full.length / 2);
      expect((await apart(palette, image)).mean).to.be.below(12);
    }
  });

  it('gif has at most 256 colours, and pixels that are opaque or fully transparent', async () => {
    const picture = await look(await encoded(await transparent(), { format: 'gif' }));
    expect(coloursOf(picture)).to.be.within(100, 256);
    const alphas = new Set(picture.pixels.filter((_value, at) => at % 4 === 3));
    expect([...alphas].every((alpha) => alpha === 0 || alpha === 255)).to.equal(true);
    const drawn = await draw(40, 20, (x) => (x < 20 ? COLOURS.R : COLOURS['.']))
      .png()
      .toBuffer();
    expect((await apart(await encoded(drawn, { format: 'gif' }), drawn)).most).to.equal(0);
  });

  it('tiff with a quality is a JPEG inside, on white', async () => {
    const image = await transparent();
    const [lossless, lossy] = [
      await encoded(image, { format: 'tiff' }),
      await encoded(image, { format: 'tiff', quality: 80 }),
    ];
    expect([compressionOf(lossless), compressionOf(lossy)]).to.deep.equal([DEFLATE, JPEG]);
    expect(lossy.length).to.be.below(lossless.length / 3);
    const onWhite = await sharp(image).flatten({ background: '#ffffff' }).png().toBuffer();
    expect((await apart(lossy, onWhite)).mean).to.be.below(4);
    expect(distance((await look(lossy)).at(3, 3), (await look(onWhite)).at(3, 3))).to.be.at.most(25);
  });
});
