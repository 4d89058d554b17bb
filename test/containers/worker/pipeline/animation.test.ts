import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { animation, animationOf, framesOf } from '../../../support/images/animations.ts';
import {
  COLOURS,
  type Colour,
  difference,
  distance,
  draw,
  look,
  type Picture,
  plain,
} from '../../../support/images/picture.ts';
import { type Run, render, WATERMARK_ID } from '../../../support/worker/rendition-run.ts';

const WIDTH = 48;
const HEIGHT = 32;
const TIMING = { delay: [120, 340, 560], loop: 3 };
const GROUND: Colour = [30, 60, 90, 255];

/** A yellow square that goes from left to right, on areas of their own colour. */
const frame = (left: number): Sharp =>
  draw(WIDTH, HEIGHT, (x, y) => {
    if (x >= left && x < left + 10 && y >= 6 && y < 16) return COLOURS.Y;
    return y < 24 ? GROUND : [200, 40, 40, 255];
  }).removeAlpha();
const FRAMES = [4, 18, 34].map(frame);
const ORIGINALS = {
  gif: () => animationOf('gif', FRAMES, TIMING),
  webp: () => animationOf('webp', FRAMES, TIMING),
};

const LOSSLESS = { format: 'webp', lossless: true };
const OUTPUTS = [LOSSLESS, { format: 'webp' }, { format: 'gif' }, { format: 'auto' }];
const command = (operation: string, more: object = {}) => ({ operation, ...more });

const LISTS: Record<string, object[]> = {
  'no command': [],
  resize: [command('resize', { width: 24, height: 24, fit: 'contain', background: '#405060' })],
  'resize to a corner': [command('resize', { width: 30, height: 30, position: 'east' })],
  crop: [command('crop', { left: 10, top: 5, width: 20, height: 12 })],
  'crop around a point': [command('crop', { ratio: '1:1', focalPoint: { x: 0.9, y: 0.5 } })],
  'quarter turn': [command('rotate', { angle: 90 })],
  'turn by an angle': [command('rotate', { angle: 20, background: '#ffffff' })],
  flip: [command('flip')],
  extend: [command('extend', { top: 4, left: 6, background: '#000000' })],
  watermark: [command('watermark', { imageId: WATERMARK_ID, gravity: 'northwest' })],
  'watermarkText and blur': [command('watermarkText', { text: 'Ada' }), command('blur', { sigma: 1 })],
  'several passes': [command('grayscale'), command('resize', { width: 40 }), command('rotate', { angle: 180 })],
};

/** The result of the commands for each frame as an image of its own. */
async function apart(frames: Sharp[], run: Run): Promise<Picture[]> {
  return await Promise.all(frames.map(async (each) => look((await render(await each.png().toBuffer(), run)).data)));
}

describe('an animation', () => {
  it('has each watermark drawn once for all frames', async () => {
    const [original, watermark] = [await ORIGINALS.webp(), await plain(8, 8, COLOURS.B).png().toBuffer()];
    const laid = command('watermark', { imageId: WATERMARK_ID });
    let drawn = 0;
    const onWatermark = () => {
      drawn += 1;
    };
    const run = { commands: [laid, command('flip'), laid], output: LOSSLESS, watermark, onWatermark };
    const { frames } = await render(original, run);
    expect({ frames, drawn }).to.deep.equal({ frames: FRAMES.length, drawn: 2 });
  });

  for (const [kind, make] of Object.entries(ORIGINALS)) {
    for (const output of OUTPUTS) {
      it(`in ${kind} stays animated as ${JSON.stringify(output)}, every frame as if it were an image of its own`, async () => {
        const [original, watermark] = [await make(), await plain(8, 8, COLOURS.B).png().toBuffer()];
        for (const [name, commands] of Object.entries(LISTS)) {
          const result = await render(original, { commands, output, watermark });
          const frames = await framesOf(result.data);
          const expected = await apart(FRAMES, { commands, watermark });
          const format = output.format === 'auto' ? 'webp' : output.format;
          const encoded = await apart(FRAMES, { commands, watermark, output: { format } });
          const facts = await sharp(result.data).metadata();
          expect({ pages: facts.pages, delay: facts.delay, loop: facts.loop }, name).to.deep.equal({
            pages: 3,
            ...TIMING,
          });
          expect([result.frames, result.width, result.height], name).to.deep.equal([
            3,
            frames[0]?.width,
            frames[0]?.height,
          ]);
          for (const [at, picture] of expected.entries()) {
            const { most, mean } = difference(frames[at] as Picture, picture);
            if (output === LOSSLESS) expect(most, `${name}, ${at}`).to.be.at.most(1);
            else expect(mean, `${name}, ${at}`).to.be.at.most(difference(encoded[at] as Picture, picture).mean + 3);
          }
        }
      });
    }

    it(`in ${kind} becomes its first frame in formats without animation`, async () => {
      const first = await look(await (FRAMES[0] as Sharp).png().toBuffer());
      for (const format of ['jpeg', 'png', 'avif', 'tiff']) {
        const result = await render(await make(), { output: { format } });
        expect(result.frames).to.equal(undefined);
        expect((await sharp(result.data).metadata()).pages ?? 1).to.equal(1);
        expect(difference(await look(result.data), first).mean, format).to.be.below(format === 'png' ? 0.01 : 6);
      }
    });

    it(`in ${kind} beyond the limit of its pixels becomes its first frame`, async () => {
      const maxAnimationPixels = 3 * WIDTH * HEIGHT;
      for (const [limit, frames] of [
        [maxAnimationPixels, 3],
        [maxAnimationPixels - 1, undefined],
      ] as const)
        for (const format of ['webp', 'gif', 'auto']) {
          const result = await render(await make(), { output: { format }, limits: { maxAnimationPixels: limit } });
          expect(result.frames).to.equal(frames);
          expect((await sharp(result.data).metadata()).pages ?? 1).to.equal(frames ?? 1);
          expect([result.width, result.height]).to.deep.equal([WIDTH, HEIGHT]);
        }
    });

    it(`in ${kind} that would become too large in all frames together fails with output_too_large`, async () => {
      const run = (limit: number) => ({
        commands: [command('resize', { width: 2 * WIDTH })],
        output: { format: 'webp' },
        limits: { maxOutputPixels: limit },
      });
      const pixels = 3 * 4 * WIDTH * HEIGHT;
      expect((await render(await make(), run(pixels))).frames).to.equal(3);
      const failure = await render(await make(), run(pixels - 1)).catch((error: unknown) => error);
      expect(failure).to.have.property('code', 'output_too_large');
    });
  }

  it('becomes its first frame when it has more frames than allowed', async () => {
    const height = LIMITS.animationFrames + 1;
    const column = draw(1, height, (_, y) => (y % 2 ? COLOURS.R : COLOURS.G)).removeAlpha();
    const raw = { width: 1, height, channels: 3, pageHeight: 1 } as const;
    const original = sharp(await column.raw().toBuffer(), { raw }).gif({ effort: 1 });
    const { frames, format } = await render(await original.toBuffer(), { output: { format: 'webp' } });
    expect([frames, format]).to.deep.equal([undefined, 'webp']);
  });

  it('stays as it is when it has less than 3 × 3 pixels and is trimmed', async () => {
    const tiny = [COLOURS.R, COLOURS.G].map((colour) => draw(2, 2, () => colour).removeAlpha());
    const result = await render(await animationOf('gif', tiny), { commands: [command('trim')], output: LOSSLESS });
    expect([result.width, result.height, result.frames]).to.deep.equal([2, 2, 2]);
  });

  it('is trimmed by its first frame', async () => {
    const [first, second] = [FRAMES[0] as Sharp, FRAMES[1] as Sharp];
    const framed = [
      first.clone().extend({ top: 5, bottom: 3, left: 7, right: 2, background: '#ffffff' }),
      second.clone().extend({ top: 3, bottom: 5, left: 2, right: 7, background: '#ffffff' }),
    ];
    const { data } = await render(await animationOf('webp', framed), { commands: [command('trim')], output: LOSSLESS });
    const inner = command('crop', { left: 7, top: 5, width: WIDTH, height: HEIGHT });
    const expected = await apart(framed, { commands: [inner] });
    for (const [at, picture] of (await framesOf(data)).entries())
      expect(difference(picture, expected[at] as Picture).most).to.equal(0);
  });

  for (const [operation, more] of [
    ['crop', { width: 20, height: 20, position: 'attention' }],
    ['crop', { width: 20, height: 20, position: 'entropy' }],
    ['resize', { width: 16, height: 16, position: 'attention' }],
    ['resize', { width: 16, height: 16, position: 'entropy' }],
  ] as const) {
    it(`is cut by ${operation} at the ${more.position} of its first frame`, async () => {
      const commands = [command(operation, more)];
      const { data } = await render(await ORIGINALS.webp(), { commands, output: LOSSLESS });
      const [first, second] = await framesOf(data);
      const [alone, other] = await apart(FRAMES, { commands });
      expect(difference(first as Picture, alone as Picture).most).to.be.at.most(2);
      // The second frame's own attention would lie elsewhere.
      if (more.position === 'attention') expect(difference(second as Picture, other as Picture).most).to.be.above(50);
    });
  }

  it('stays transparent in every frame', async () => {
    const hole = (left: number) => draw(WIDTH, HEIGHT, (x) => (x >= left && x < left + 10 ? COLOURS['.'] : COLOURS.R));
    for (const format of ['gif', 'webp'] as const)
      for (const output of OUTPUTS) {
        const { data } = await render(await animationOf(format, [hole(5), hole(25)]), { output });
        const [first, second] = await framesOf(data);
        for (const [picture, left] of [
          [first, 5],
          [second, 25],
        ] as const) {
          expect(picture?.at(left + 5, 9)[3], `${format} ${JSON.stringify(output)}`).to.equal(0);
          expect(distance(picture?.at(left < 20 ? 40 : 5, 9) ?? COLOURS.K, COLOURS.R)).to.be.at.most(12);
        }
      }
  });

  it('merges frames that are alike into one that is shown as long', async () => {
    const colours = [COLOURS.R, COLOURS.R, COLOURS.G].map((colour) => plain(20, 10, colour).png().toBuffer());
    const joined = sharp(await Promise.all(colours), { join: { animated: true } });
    const original = await joined.gif({ keepDuplicateFrames: true, delay: [100, 200, 300] }).toBuffer();
    expect((await sharp(original).metadata()).pages).to.equal(3);
    for (const format of ['gif', 'webp']) {
      const { pages, delay } = await sharp((await render(original, { output: { format } })).data).metadata();
      expect({ pages, delay }).to.deep.equal({ pages: 2, delay: [300, 300] });
    }
  });

  it('keeps a loop without end', async () => {
    const original = await animation('gif', [COLOURS.R, COLOURS.G], { delay: [100, 100], loop: 0 });
    for (const format of ['gif', 'webp'])
      expect((await sharp((await render(original, { output: { format } })).data).metadata()).loop).to.equal(0);
  });
});
