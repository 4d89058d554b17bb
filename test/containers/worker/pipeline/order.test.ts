import { expect } from 'chai';
import sharp from 'sharp';
import { greyOf } from '../../../support/images/colour-spaces.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  type Picture,
  photograph,
  plain,
} from '../../../support/images/picture.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { view, WATERMARK_ID } from '../../../support/worker/rendition-run.ts';

const command = (operation: string, more: object = {}) => ({ operation, ...more });
const negate = command('negate', { alpha: false });
const half = command('linear', { a: 0.5 });
const white = command('flatten', { background: '#ffffff' });
const threshold = command('threshold', { threshold: 100 });
const edge = command('extend', { left: 20, background: '#0000ff' });
const flop = command('flop');
const narrow = command('resize', { width: 20, height: 40, fit: 'fill' });
const quarter = command('rotate', { angle: 90 });
const corner = command('crop', { left: 0, top: 0, width: 20, height: 20 });
const dot = command('watermark', { imageId: WATERMARK_ID, gravity: 'northwest' });
const blur = command('blur', { sigma: 4 });
const dim = command('modulate', { brightness: 0.4 });
const grey = command('grayscale');
const tint = command('tint', { tint: '#ff8000' });
const round = command('roundCorners', { radius: 10 });
const trim = command('trim');

/** The size, and the colour at a place, as a failure is best read. */
const seen = ({ width, height, at }: Picture, x: number, y: number): string => `${width} × ${height}: ${at(x, y)}`;
const colour = (...values: number[]) => values.map(Math.round).join();

const C: Colour = [200, 100, 40, 255];
const GREY = Math.round(greyOf(C));
const GLASS: Colour = [200, 100, 40, 0];

/** Two commands, the colour of an image of 40 × 40, a place, and what is there for either order. */
const PAIRS: [string, [object, object], Colour, [number, number], [string, string]][] = [
  [
    'linear and negate',
    [half, negate],
    C,
    [1, 1],
    [`40 × 40: ${colour(155, 205, 235, 255)}`, `40 × 40: ${colour(28, 78, 108, 255)}`],
  ],
  ['flatten and negate', [white, negate], GLASS, [1, 1], ['40 × 40: 0,0,0,255', '40 × 40: 255,255,255,255']],
  ['threshold and linear', [threshold, half], C, [1, 1], ['40 × 40: 128,128,128,255', '40 × 40: 0,0,0,255']],
  ['threshold and modulate', [threshold, dim], C, [1, 1], ['40 × 40: 94,94,94,255', '40 × 40: 0,0,0,255']],
  ['extend and flop', [edge, flop], C, [1, 1], [`60 × 40: ${colour(...C)}`, '60 × 40: 0,0,255,255']],
  ['extend and resize', [edge, narrow], C, [19, 1], [`20 × 40: ${colour(...C)}`, `40 × 40: 0,0,255,255`]],
  ['extend and rotate', [edge, quarter], C, [1, 1], [`40 × 60: 0,0,255,255`, `60 × 40: 0,0,255,255`]],
  ['extend and crop', [edge, corner], C, [19, 1], ['20 × 20: 0,0,255,255', '40 × 20: 0,0,255,255']],
  ['extend and grayscale', [edge, grey], C, [1, 1], ['60 × 40: 76,76,76,255', '60 × 40: 0,0,255,255']],
  ['extend and trim', [edge, trim], C, [1, 1], [`40 × 40: ${colour(...C)}`, '60 × 40: 0,0,255,255']],
  ['extend and roundCorners', [edge, round], C, [0, 0], ['60 × 40: 0,0,0,0', '60 × 40: 0,0,255,255']],
  ['grayscale and tint', [tint, grey], C, [1, 1], [`40 × 40: ${colour(GREY, GREY, GREY, 255)}`, 'orange']],
  ['watermark and flop', [dot, flop], C, [38, 1], ['40 × 40: 0,0,255,255', `40 × 40: ${colour(...C)}`]],
  ['watermark and crop', [dot, corner], C, [1, 1], ['20 × 20: 0,0,255,255', '20 × 20: 0,0,255,255']],
  ['watermark and negate', [dot, negate], C, [1, 1], ['40 × 40: 255,255,0,255', '40 × 40: 0,0,255,255']],
  ['watermark and resize', [dot, narrow], C, [4, 1], ['20 × 40: mixed', '20 × 40: 0,0,255,255']],
  ['watermark and blur', [dot, blur], C, [1, 1], ['40 × 40: mixed', '40 × 40: 0,0,255,255']],
];

describe('the order of the list', () => {
  for (const [name, [a, b], of, [x, y], expected] of PAIRS) {
    it(`counts for ${name}`, async () => {
      const image = await plain(40, 40, of).png().toBuffer();
      const watermark = await plain(5, 5, COLOURS.B).png().toBuffer();
      for (const [index, commands] of [
        [a, b],
        [b, a],
      ].entries()) {
        const picture = await view(image, { commands, watermark });
        const [wanted = ''] = [expected[index]];
        if (wanted === 'orange') expect(picture.at(x, y)[0] - picture.at(x, y)[2]).to.be.above(60);
        else if (wanted.endsWith('mixed')) expect(distance(picture.at(x, y), COLOURS.B)).to.be.within(15, 240);
        else {
          const near = distance(picture.at(x, y), wanted.split(': ')[1]?.split(',').map(Number) as unknown as Colour);
          expect(near, `${seen(picture, x, y)} instead of ${wanted}`).to.be.at.most(2);
          expect(seen(picture, x, y)).to.match(new RegExp(`^${wanted.split(':')[0]}:`));
        }
      }
    });
  }

  it('counts for threshold and blur', async () => {
    const image = await draw(40, 40, (x) => (x < 20 ? COLOURS.K : COLOURS.W))
      .png()
      .toBuffer();
    const values = ({ pixels }: Picture) => new Set(pixels).size;
    expect(values(await view(image, { commands: [blur, threshold] }))).to.equal(2);
    expect(values(await view(image, { commands: [threshold, blur] }))).to.be.above(10);
  });

  it('counts for mild filters and negate, which turns no fraction black', async () => {
    for (const mild of [command('sharpen'), command('blur')]) {
      const image = await plain(40, 40, C).removeAlpha().png().toBuffer();
      const picture = await view(image, { commands: [mild, negate] });
      expect(distance(picture.at(20, 20), [55, 155, 215, 255])).to.be.at.most(1);
    }
  });

  it('counts for sharpen and linear, which reads no value above white', async () => {
    const image = await draw(40, 40, (x) => (x < 20 ? COLOURS.K : COLOURS.W))
      .removeAlpha()
      .png()
      .toBuffer();
    const picture = await view(image, { commands: [command('sharpen'), half] });
    expect(Math.max(...picture.pixels.filter((_, at) => at % 4 < 3))).to.be.within(127, 128);
  });

  it('counts for grayscale and the background of a box', async () => {
    const box = command('resize', { width: 40, height: 20, fit: 'contain', background: '#0000ff' });
    const picture = await view(await plain(40, 40, C).removeAlpha().png().toBuffer(), { commands: [grey, box] });
    expect(picture.at(1, 10)).to.deep.equal(COLOURS.B);
    expect(distance(picture.at(20, 10), [GREY, GREY, GREY, 255])).to.be.at.most(1);
  });

  it('counts for autoOrient and a resize that enlarges, to the pixel', async () => {
    const stored = draw(24, 16, (x, y) => [x * 10, y * 15, 60, 255]);
    const picture = await view(await stored.clone().withMetadata({ orientation: 6 }).png().toBuffer(), {
      commands: [command('resize', { width: 40 })],
    });
    const turned = await stored.rotate(90).png().toBuffer();
    const expected = await view(turned, { commands: [command('resize', { width: 40 })] });
    expect(difference(picture, expected).most).to.equal(0);
  });

  it('lets a resize by nearest take pixels of the original, even when it could be decoded smaller', async () => {
    for (const format of ['jpeg', 'webp'] as const) {
      const original = await photograph(160, 120).toFormat(format).toBuffer();
      const commands = [command('resize', { width: 16, kernel: 'nearest' })];
      const same = await sharp(original).png().toBuffer();
      expect(difference(await view(original, { commands }), await view(same, { commands })).most, format).to.equal(0);
    }
  });

  it('checks the size of a resize as it is after the crop before it', async () => {
    const column = command('crop', { left: 0, top: 0, width: 4, height: 40 });
    const image = await plain(40, 40, C).png().toBuffer();
    const refusal = await rejectionOf(view(image, { commands: [column, command('resize', { width: 4000 })] }));
    expect(refusal).to.have.property('code', 'output_too_large');
  });

  it('holds for a list of ten', async () => {
    const image = await draw(40, 40, (x) => (x < 20 ? C : COLOURS.K))
      .png()
      .toBuffer();
    const list = [negate, half, negate, half, negate, half, negate, half, negate, half];
    let expected = 200;
    for (const { operation } of list) expected = operation === 'negate' ? 255 - expected : Math.round(expected * 0.5);
    expect(Math.abs((await view(image, { commands: list })).at(5, 5)[0] - expected)).to.be.at.most(3);
  });
});
