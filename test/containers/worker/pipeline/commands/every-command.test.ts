import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { type Colour, draw, look, visibleDifference } from '../../../../support/images/picture.ts';
import { render, view, WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const WIDTH = 30;
const HEIGHT = 22;
const solid = (x: number, y: number): Colour => [x * 8, y * 11, ((x * 13 + y * 7) % 200) + 20, 255];
const glass = (x: number, y: number): Colour => {
  const [r, g, b] = solid(x, y);
  return x < 6 ? [0, 0, 0, 0] : [r, g, b, y < 8 ? 100 : x > 24 ? 200 : 255];
};

const opaque = (): Sharp => draw(WIDTH, HEIGHT, solid).removeAlpha();
const transparent = (): Sharp => draw(WIDTH, HEIGHT, glass);

/** Originals that hold their pixels in other ways than 8 bits of sRGB. */
const KINDS: Record<string, () => Promise<Buffer>> = {
  'a grey PNG': () => opaque().toColourspace('b-w').png().toBuffer(),
  'a grey JPEG': () => opaque().toColourspace('b-w').jpeg().toBuffer(),
  'a grey and transparent PNG': () => transparent().toColourspace('b-w').png().toBuffer(),
  'a 16-bit PNG': () => opaque().toColourspace('rgb16').png().toBuffer(),
  'a 16-bit grey and transparent PNG': () => transparent().toColourspace('grey16').png().toBuffer(),
  'a 16-bit PNG in P3': () => opaque().toColourspace('rgb16').withIccProfile('p3').png().toBuffer(),
  'a JPEG in P3': () => opaque().withIccProfile('p3').jpeg().toBuffer(),
  'a CMYK JPEG': () => opaque().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
  'a palette PNG': () => transparent().png({ palette: true }).toBuffer(),
  'a PNG on its side': () => transparent().withMetadata({ orientation: 7 }).png().toBuffer(),
};

const command = (operation: string, more: object = {}) => ({ operation, ...more });
const COMMANDS = [
  command('crop', { width: 12, height: 12, position: 'attention' }),
  command('trim', { background: '#000000', threshold: 40, margin: 2 }),
  command('extend', { top: 3, left: 2, background: '#ff0000c0' }),
  command('resize', { width: 44, height: 70, fit: 'contain', background: '#ff000080', kernel: 'nearest' }),
  command('rotate', { angle: 30, background: '#ff0000' }),
  command('flatten', { background: '#ff8000' }),
  command('blur', { sigma: 2 }),
  command('sharpen', { sigma: 1 }),
  command('median'),
  command('gamma'),
  command('negate'),
  command('normalise', { lower: 10, upper: 80 }),
  command('clahe', { width: 10, height: 10 }),
  command('modulate', { saturation: 1.4, hue: 90, lightness: 5 }),
  command('tint', { tint: '#c08040' }),
  command('grayscale'),
  command('linear', { a: [1, 0.5, 1.5], b: [10, 20, -30] }),
  command('threshold', { threshold: 100 }),
  command('threshold', { threshold: 100, grayscale: false }),
  command('roundCorners', { radius: 8 }),
  command('watermark', { imageId: WATERMARK_ID, blend: 'multiply', scale: 0.5 }),
  command('watermarkText', { text: 'Hey', fontSize: 12, color: '#ff0000' }),
];

/** The visible pixels of an original, as a PNG without anything else. */
async function shownBy(image: Buffer, before: object[]): Promise<Buffer> {
  const { data } = await render(image, { commands: before });
  const { pixels, width, height } = await look(data);
  const shown = sharp(pixels, { raw: { width, height, channels: 4 } });
  return await ((await sharp(data).metadata()).hasAlpha ? shown : shown.removeAlpha()).png().toBuffer();
}

async function expectAlike(image: Buffer, before: object[]): Promise<void> {
  const watermark = await draw(9, 7, (x, y) => [250, 30, x * 20, y < 3 ? 255 : 120])
    .png()
    .toBuffer();
  const shown = await shownBy(image, before);
  for (const each of COMMANDS) {
    const direct = await view(image, { commands: [...before, each], watermark });
    const expected = await view(shown, { commands: [each], watermark });
    expect(visibleDifference(direct, expected).most, JSON.stringify(each)).to.be.at.most(3);
  }
}

describe('every command', () => {
  for (const [kind, make] of Object.entries(KINDS)) {
    it(`does the same to ${kind} as to the pixels that are seen`, async () => expectAlike(await make(), []));
  }

  it('does the same after grayscale, which removes neither transparency nor later colours', async () => {
    for (const image of [opaque(), transparent()])
      await expectAlike(await image.png().toBuffer(), [{ operation: 'grayscale' }, { operation: 'flip' }]);
  });
});
