import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { readGif } from '../../../../containers/worker/pipeline/gif-file.ts';
import { composeGif } from '../../../../containers/worker/pipeline/gif-frames.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { animationOf, framesOf } from '../../../support/animations.ts';
import { GIF_COLOURS, type GifFrameOf, gifFrom, plainFrame, shownFrames } from '../../../support/gif-files.ts';
import { look, type Picture, photograph } from '../../../support/picture.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { render } from '../../../support/rendition-run.ts';

const LOSSLESS = { format: 'webp', lossless: true };
const SCREEN: [number, number] = [9, 7];

/** What can be seen of a picture: its indexes, undefined where nothing is. */
const indexesOf = ({ width, height, at }: Picture): (number | undefined)[] =>
  Array.from({ length: width * height }, (_, place) => {
    const [r, g, b, a] = at(place % width, Math.floor(place / width));
    return a === 0 ? undefined : GIF_COLOURS.findIndex((colour) => colour.join() === [r, g, b].join());
  });

/** Every frame of what becomes of a GIF; those that are alike are one. */
async function framesMade(gif: Buffer): Promise<(number | undefined)[][]> {
  const { data } = await render(gif, { output: LOSSLESS });
  return (await framesOf(data)).map(indexesOf);
}

const withoutRepeats = <T>(frames: T[]): T[] =>
  frames.filter((frame, at) => at === 0 || JSON.stringify(frame) !== JSON.stringify(frames[at - 1]));

const [WIDTH, HEIGHT] = SCREEN;
const frames = fc.array(
  fc
    .record({ left: fc.nat(WIDTH - 1), top: fc.nat(HEIGHT - 1), isWhole: fc.boolean() })
    .chain(({ left, top, isWhole }) => {
      const place = isWhole ? { left: 0, top: 0 } : { left, top };
      const sides = {
        width: fc.integer({ min: 1, max: WIDTH - place.left }),
        height: fc.integer({ min: 1, max: HEIGHT - place.top }),
      };
      return fc
        .record(isWhole ? { width: fc.constant(WIDTH), height: fc.constant(HEIGHT) } : sides)
        .chain(({ width, height }) =>
          fc.record({
            left: fc.constant(place.left),
            top: fc.constant(place.top),
            width: fc.constant(width),
            height: fc.constant(height),
            indexes: fc.array(fc.nat(7), { minLength: width * height, maxLength: width * height }),
            disposal: fc.nat(4),
            transparent: fc.option(fc.nat(7), { nil: undefined }),
            isInterlaced: fc.boolean(),
          }),
        );
    }),
  { minLength: 1, maxLength: 4 },
);

describe('a GIF', () => {
  it('shows in each frame what browsers show, wherever its frames lie and whatever becomes of them', async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.nat(7), async (given: GifFrameOf[], background) => {
        const { gif } = gifFrom(SCREEN, given, { loop: 0, background });
        const expected = shownFrames(SCREEN, given);
        expect(await framesMade(gif)).deep.equal(withoutRepeats(expected));
        const first = await look((await render(gif)).data);
        expect(indexesOf(first), 'the first frame alone').deep.equal(expected[0]);
      }),
      { numRuns: 60, seed: 4 },
    );
  }).timeout(30_000);

  it('has the size of its first frame, where that is larger than its screen', async () => {
    const { gif } = gifFrom([4, 4], [plainFrame([1, 1, 6, 3], 2), plainFrame([0, 0, 9, 9], 1)]);
    const { width, height } = await render(gif, { output: LOSSLESS });
    expect([width, height]).deep.equal([7, 4]);
  });

  it('is composed to the same frames as by its own decoder, with whatever table and codes', async () => {
    const pictures = [0, 60, 120].map((hue) => photograph(70, 50).modulate({ hue }));
    for (const colours of [2, 5, 16, 64, 256]) {
      const joined = await animationOf('webp', pictures);
      const gif = await sharp(joined, { animated: true }).gif({ colours, dither: 1 }).toBuffer();
      const file = readGif(gif);
      const { data } = await sharp(gif, { animated: true }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      expect(composeGif(file, file.frames.length).equals(data), `${colours} colours`).equal(true);
      const { delay, loop } = await sharp(gif).metadata();
      expect([file.frames.map((frame) => frame.delay), file.loop]).deep.equal([delay, loop]);
    }
  });
});

describe('a GIF that ends early', () => {
  const three = [plainFrame([0, 0, 9, 7], 0), plainFrame([2, 1, 4, 4], 1), plainFrame([1, 2, 3, 3], 2)];

  it('has the frames that are whole, wherever it is cut behind the first, and a warning', async () => {
    const { gif, ends } = gifFrom(SCREEN, three, { loop: 0 });
    const shown = shownFrames(SCREEN, three);
    for (let length = ends[0] ?? 0; length < gif.length; length += 1) {
      const { data, warnings } = await render(gif.subarray(0, length), { output: LOSSLESS });
      const made = (await framesOf(data)).map(indexesOf);
      expect(made, `${length} bytes`).deep.equal(shown.slice(0, made.length));
      // A control block without its frame is whole too.
      const isBetween = ends.some((end) => length === end || length === end + 8);
      expect(made.length).least(ends.filter((end) => end <= length).length);
      if (!isBetween) {
        const whole = made.length === 1 ? 'its first frame is' : `its first ${made.length} frames are`;
        const detail = `The file ends early: ${whole} whole, and what followed is missing.`;
        expect(warnings, `${length} bytes`).deep.equal([{ code: 'image_cut', detail }]);
      }
    }
  }).timeout(20_000);

  it('within its first frame has the rows that are there, up to the limit', async () => {
    const [width, height] = [20, 40];
    const indexes = Array.from({ length: width * height }, (_, at) => Math.floor(at / width) % 8);
    const { gif, ends } = gifFrom([width, height], [{ left: 0, top: 0, width, height, indexes }]);
    const limit = (height * LIMITS.missingRowsPercent) / 100;
    for (let length = 60; length < (ends[0] ?? 0) - 8; length += 11) {
      const run = render(gif.subarray(0, length));
      const end = await run.catch((error: unknown) => error as Error);
      const said = end instanceof Error ? end.message : end.warnings?.[0]?.detail;
      const missing = Number(/^The file ends early: (\d+) of 40 rows are missing\./.exec(said ?? '')?.[1]);
      expect(missing > limit, said).equal(end instanceof Error);
      if (end instanceof Error) continue;
      const rows = indexesOf(await look(end.data)).slice(0, width * (height - missing));
      expect(rows).deep.equal(indexes.slice(0, rows.length));
    }
  });

  it('before its first frame is unreadable', async () => {
    const { gif } = gifFrom(SCREEN, three, { loop: 0 });
    expect(await rejectionOf(render(gif.subarray(0, 50))))
      .property('message')
      .match(/^The file ends early: /);
  });
});

describe('a GIF whose frames are composed', () => {
  it('is refused where a later frame tells of more pixels than an image may have', async () => {
    const { gif, ends } = gifFrom(SCREEN, [plainFrame([1, 1, 2, 2], 0), plainFrame([0, 0, 1, 1], 1)]);
    const at = (ends[0] ?? 0) + 8;
    expect(gif[at]).equal(0x2c);
    gif.fill(0xff, at + 5, at + 9);
    expect(await rejectionOf(render(gif, { output: LOSSLESS }))).property('code', 'too_many_pixels');
  });

  it('ends as an image or an error, whatever byte of it is another', async () => {
    const { gif } = gifFrom(SCREEN, [plainFrame([1, 1, 5, 5], 0, { disposal: 2 }), plainFrame([0, 0, 3, 3], 1)], {
      loop: 0,
    });
    const change = fc.record({ at: fc.integer({ min: 6, max: gif.length - 1 }), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, value }) => {
        const broken = Buffer.from(gif);
        broken[at] = value;
        const limits = { maxInputPixels: 1_000_000 };
        const end = await render(broken, { output: LOSSLESS, limits }).catch((error: unknown) => error);
        if (end instanceof Error)
          expect(end)
            .property('code')
            .match(/^(image_unreadable|too_many_pixels|output_too_large)$/);
      }),
      { numRuns: 150, seed: 9 },
    );
  }).timeout(30_000);
});
