import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { composeGif } from '../../../../../../containers/worker/pipeline/formats/gif/compose-gif.ts';
import { decodeLzw } from '../../../../../../containers/worker/pipeline/formats/gif/gif-lzw.ts';
import {
  hiddenPixels,
  rowsToDecode,
  storedRows,
} from '../../../../../../containers/worker/pipeline/formats/gif/gif-rows.ts';
import { readGif } from '../../../../../../containers/worker/pipeline/formats/gif/read-gif.ts';
import { openSource } from '../../../../../../containers/worker/pipeline/run-pipeline.ts';
import type { Source } from '../../../../../../containers/worker/pipeline/source/read-source.ts';
import { estimate } from '../../../../../../shared/domain/estimate.ts';
import { costOfDecoding } from '../../../../../../shared/domain/format-costs.ts';
import { LIMITS } from '../../../../../../shared/domain/limits.ts';
import type { Original } from '../../../../../../shared/domain/original.ts';
import { animationOf, framesOf } from '../../../../../support/images/animations.ts';
import {
  GIF_COLOURS,
  type GifFrameOf,
  gifFrom,
  plainFrame,
  shownFrames,
} from '../../../../../support/images/gif-files.ts';
import { look, type Picture, photograph, plain } from '../../../../../support/images/picture.ts';
import { rejectionOf } from '../../../../../support/rejection.ts';
import { DEFAULT_LIMITS, render } from '../../../../../support/worker/rendition-run.ts';

/** A GIF whose header is read, as it is before anything is decoded. */
async function opened(gif: Buffer): Promise<Source> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'worker-test-'));
  const path = join(folder.path, 'original');
  await writeFile(path, gif);
  return await openSource(path, DEFAULT_LIMITS);
}

const LOSSLESS = { format: 'webp', lossless: true };
const SCREEN: [number, number] = [9, 7];

/** The visible part of a picture: its indexes, and undefined where nothing is. */
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
  it('shows in each frame what browsers show, with any frame positions and disposals', async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.nat(7), async (given: GifFrameOf[], background) => {
        const { gif } = gifFrom(SCREEN, given, { loop: 0, background });
        const expected = shownFrames(SCREEN, given);
        expect(await framesMade(gif)).to.deep.equal(withoutRepeats(expected));
        const first = await look((await render(gif)).data);
        expect(indexesOf(first), 'the first frame alone').to.deep.equal(expected[0]);
      }),
      { numRuns: 60, seed: 4 },
    );
  }).timeout(30_000);

  it('has the size of its first frame when that is larger than its screen', async () => {
    const { gif } = gifFrom([4, 4], [plainFrame([1, 1, 6, 3], 2), plainFrame([0, 0, 9, 9], 1)]);
    const { width, height } = await render(gif, { output: LOSSLESS });
    expect([width, height]).to.deep.equal([7, 4]);
  });

  it('is composed to the same frames as libvips makes, with any colour table and codes', async () => {
    const pictures = [0, 60, 120].map((hue) => photograph(70, 50).modulate({ hue }));
    for (const colours of [2, 5, 16, 64, 256]) {
      const joined = await animationOf('webp', pictures);
      const gif = await sharp(joined, { animated: true }).gif({ colours, dither: 1 }).toBuffer();
      const file = readGif(gif);
      const { data } = await sharp(gif, { animated: true }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      expect(composeGif(file, file.frames.length).equals(data), `${colours} colours`).to.equal(true);
      const { delay, loop } = await sharp(gif).metadata();
      expect([file.frames.map((frame) => frame.delay), file.loop]).to.deep.equal([delay, loop]);
    }
  });
});

describe('a GIF that ends early', () => {
  const three = [plainFrame([0, 0, 9, 7], 0), plainFrame([2, 1, 4, 4], 1), plainFrame([1, 2, 3, 3], 2)];

  it('has the whole frames and a warning, wherever it is cut after the first frame', async () => {
    const { gif, ends } = gifFrom(SCREEN, three, { loop: 0 });
    const shown = shownFrames(SCREEN, three);
    for (let length = ends[0] ?? 0; length < gif.length; length += 1) {
      const { data, warnings } = await render(gif.subarray(0, length), { output: LOSSLESS });
      const made = (await framesOf(data)).map(indexesOf);
      expect(made, `${length} bytes`).to.deep.equal(shown.slice(0, made.length));
      // A control block without its frame is whole too.
      const isBetween = ends.some((end) => length === end || length === end + 8);
      expect(made.length).to.be.at.least(ends.filter((end) => end <= length).length);
      if (!isBetween) {
        const whole = made.length === 1 ? 'its first frame is' : `its first ${made.length} frames are`;
        const detail = `The file ends early: ${whole} whole, and what followed is missing.`;
        expect(warnings, `${length} bytes`).to.deep.equal([{ code: 'image_cut', detail }]);
      }
    }
  }).timeout(20_000);

  it('has the rows that are there when it ends within its first frame, up to the limit', async () => {
    const [width, height] = [20, 40];
    const indexes = Array.from({ length: width * height }, (_, at) => Math.floor(at / width) % 8);
    const { gif, ends } = gifFrom([width, height], [{ left: 0, top: 0, width, height, indexes }]);
    const limit = (height * LIMITS.missingRowsPercent) / 100;
    for (let length = 60; length < (ends[0] ?? 0) - 8; length += 11) {
      const run = render(gif.subarray(0, length));
      const end = await run.catch((error: unknown) => error as Error);
      const said = end instanceof Error ? end.message : end.warnings?.[0]?.detail;
      const missing = Number(/^The file ends early: (\d+) of 40 rows are missing\./.exec(said ?? '')?.[1]);
      expect(missing > limit, said).to.equal(end instanceof Error);
      if (end instanceof Error) continue;
      const rows = indexesOf(await look(end.data)).slice(0, width * (height - missing));
      expect(rows).to.deep.equal(indexes.slice(0, rows.length));
    }
  });

  it('is unreadable when it ends before its first frame', async () => {
    const { gif } = gifFrom(SCREEN, three, { loop: 0 });
    expect(await rejectionOf(render(gif.subarray(0, 50))))
      .to.have.property('message')
      .match(/^The file ends early: /);
  });
});

describe('a GIF that has all of its blocks and not all of its pixels', () => {
  const [width, height] = [20, 40];
  const indexes = Array.from({ length: width * height }, (_, at) => Math.floor(at / width) % 8);
  const whole: GifFrameOf = { left: 0, top: 0, width, height, indexes };
  const limit = (height * LIMITS.missingRowsPercent) / 100;

  it('has the rows that are there, transparent rows instead of others, and a warning, up to the limit', async () => {
    for (const missing of [1, 7, limit, limit + 1, height / 2, height]) {
      const rows = height - missing;
      const { gif } = gifFrom([width, height], [{ ...whole, stored: rows * width }]);
      const end = await render(gif).catch((error: unknown) => error as Error);
      const detail = `The file is damaged: ${missing} of 40 rows are missing.`;
      if (missing > limit) {
        expect(end, detail).to.be.instanceOf(Error).have.property('code', 'image_unreadable');
        expect(end)
          .to.have.property('message')
          .match(new RegExp(`^${detail}`));
        continue;
      }
      expect(end, detail).to.not.be.instanceOf(Error);
      if (end instanceof Error) continue;
      expect(end.warnings).to.deep.equal([{ code: 'image_damaged', detail }]);
      const expected = indexes.map((index, at) => (at < rows * width ? index : undefined));
      expect(indexesOf(await look(end.data)), detail).to.deep.equal(expected);
    }
  });

  it('counts the rows of an interlaced frame as they are stored', async () => {
    const { gif } = gifFrom([width, height], [{ ...whole, isInterlaced: true, stored: (height - 2) * width }]);
    const { data, warnings } = await render(gif);
    const detail = 'The file is damaged: 2 of 40 rows are missing.';
    expect(warnings).to.deep.equal([{ code: 'image_damaged', detail }]);
    const expected = indexes.map((index, at) => (at < 37 * width || at % (2 * width) < width ? index : undefined));
    expect(indexesOf(await look(data))).to.deep.equal(expected);
  });

  it('is damaged from the first invalid code on, or entirely when its code size is invalid', async () => {
    const { gif } = gifFrom([width, height], [whole]);
    const codeSizeAt = 13 + 3 * GIF_COLOURS.length + 8 + 10;
    expect(gif[codeSizeAt]).to.equal(3);
    for (const [at, value] of [
      [codeSizeAt, 12],
      [codeSizeAt + 30, 0xff],
    ] as const) {
      const broken = Buffer.from(gif);
      broken[at] = value;
      expect(await rejectionOf(render(broken)))
        .to.have.property('message')
        .match(/^The file is damaged: \d+ of 40 rows are missing\./);
    }
  });

  it('shows the frames before in place of missing rows of later frames', async () => {
    const shown = [plainFrame([0, 0, 9, 7], 0), plainFrame([2, 1, 4, 2], 1), plainFrame([0, 6, 9, 1], 2)];
    const [first, second, third] = shown as [GifFrameOf, GifFrameOf, GifFrameOf];
    const stored = { ...second, height: 5, indexes: Array<number>(4 * 5).fill(1), stored: 4 * 2 };
    const { gif } = gifFrom(SCREEN, [first, stored, third], { loop: 0 });
    const { data, warnings } = await render(gif, { output: LOSSLESS });
    expect((await framesOf(data)).map(indexesOf)).to.deep.equal(shownFrames(SCREEN, shown));
    const detail = 'The file is damaged: 1 of its 3 frames lack rows, in whose place the frames before them are shown.';
    expect(warnings).to.deep.equal([{ code: 'image_damaged', detail }]);
  });
});

describe('a GIF whose frames reach beyond its screen', () => {
  const far = (more: Partial<GifFrameOf> = {}): GifFrameOf => ({
    ...{ left: 0, top: 0, width: 65_535, height: 1800, indexes: [] },
    ...more,
  });

  it('is decoded up to the last row on the screen, as rows are stored', () => {
    const side = fc.nat(20);
    const place = fc.record({ left: side, top: side, width: side, height: side, isInterlaced: fc.boolean() });
    fc.assert(
      fc.property(place, fc.record({ width: side, height: side }), (frame, screen) => {
        const seen = storedRows(frame).map((row) => frame.top + row < screen.height && frame.left < screen.width);
        const rows = frame.width > 0 ? seen.lastIndexOf(true) + 1 : 0;
        expect(rowsToDecode(frame, screen)).to.equal(rows);
        const columns = Math.max(0, Math.min(frame.width, screen.width - frame.left));
        const shown = columns * seen.filter((isSeen) => isSeen).length;
        expect(hiddenPixels(frame, screen)).to.equal(frame.width * rows - shown);
      }),
      { seed: 3 },
    );
  });

  it('has the part of each row that is on the screen, whatever strings its codes stand for', async () => {
    for (const picture of [photograph(70, 50), photograph(70, 50).threshold(128), plain(70, 50, [1, 2, 3, 255])]) {
      const [frame] = readGif(await picture.gif().toBuffer()).frames;
      if (!frame) throw new Error('There is no frame');
      const indexes = new Uint8Array(70 * 50);
      expect(decodeLzw(frame, indexes.length, { width: 70, kept: 70, indexes })).to.equal(70 * 50);
      expect(decodeLzw(frame, indexes.length), 'only counted').to.equal(70 * 50);
      for (const kept of [1, 7, 35, 69]) {
        const some = new Uint8Array(kept * 50);
        expect(decodeLzw(frame, indexes.length, { width: 70, kept, indexes: some })).to.equal(70 * 50);
        expect(some).to.deep.equal(indexes.filter((_, at) => at % 70 < kept));
      }
    }
  });

  it('has no warning when only rows that are not shown are missing', async () => {
    const rows = Array<number>(65_535).fill(3);
    const { gif } = gifFrom([1, 1], [plainFrame([0, 0, 1, 1], 0), far({ indexes: rows, disposal: 2 }), far()]);
    const source = await opened(gif.subarray(0, -1));
    expect(source.kind.hiddenPixels).to.equal(2 * 65_534);
    const { warnings, data } = await render(
      gifFrom([1, 1], [plainFrame([0, 0, 1, 1], 0), far({ indexes: rows })]).gif,
      {
        output: LOSSLESS,
      },
    );
    expect(warnings).to.equal(undefined);
    expect((await framesOf(data)).map(indexesOf)).to.deep.equal([[0], [3]]);
  });

  it('is refused when more pixels are decoded and never shown than the limit, with a transparent index or without', async () => {
    for (const transparent of [undefined, 7]) {
      const first = plainFrame([0, 0, 1, 1800], 0, { transparent });
      const hidden = 65_534 * 1800;
      expect((await opened(gifFrom([1, 1800], [first, far()]).gif)).kind.hiddenPixels).to.equal(hidden);
      const error = await rejectionOf(render(gifFrom([1, 1800], [first, far(), far()]).gif));
      expect(error).to.have.property('code', 'too_many_pixels');
      expect(error)
        .to.have.property('message')
        .equal(
          `The frames of the image have ${2 * hidden} pixels beside its screen that are decoded and never shown; the limit is ${LIMITS.hiddenFramePixels}.`,
        );
    }
  });

  it('is estimated with the hidden pixels of all frames as an animation, and without them as its first frame', async () => {
    const { gif } = gifFrom([1, 1800], [plainFrame([0, 0, 1, 1800], 0), far()]);
    const { kind, size } = await opened(gif);
    const secondsOf = (original: Original): number =>
      estimate({ original, commands: [], output: { format: 'webp' } }).seconds;
    const { hiddenPixels = 0, ...without } = { ...kind, ...size };
    expect(hiddenPixels).to.equal(65_534 * 1800);
    expect(secondsOf({ ...without, hiddenPixels })).to.equal(secondsOf(without));
    const frames = 2;
    const more = secondsOf({ ...without, hiddenPixels, frames }) - secondsOf({ ...without, frames });
    expect(more).to.be.closeTo((costOfDecoding(without).ns * hiddenPixels) / 1e9, 1e-6);
  });
});

describe('a GIF whose frames are composed', () => {
  it('is composed once for all renditions when its frames are few enough to be held', async () => {
    const small = plainFrame([1, 1, 2, 2], 3);
    const few = await opened(gifFrom([100, 100], [small, small]).gif);
    expect(few.kind.composedBytes).to.equal(4 * 2 * 100 * 100);
    expect(few.composed?.().data).to.equal(few.composed?.().data);
    const many = await opened(gifFrom([4000, 2000], [small, small]).gif);
    expect(many.kind.composedBytes).to.equal(undefined);
    const data = many.composed?.().data;
    expect(many.composed?.().data === data).to.equal(false);
  });

  it('is refused when a later frame declares more pixels than an image may have', async () => {
    const { gif, ends } = gifFrom(SCREEN, [plainFrame([1, 1, 2, 2], 0), plainFrame([0, 0, 1, 1], 1)]);
    const at = (ends[0] ?? 0) + 8;
    expect(gif[at]).to.equal(0x2c);
    gif.fill(0xff, at + 5, at + 9);
    expect(await rejectionOf(render(gif, { output: LOSSLESS }))).to.have.property('code', 'too_many_pixels');
  });

  it('ends as an image or an error, whichever byte is changed', async () => {
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
            .to.have.property('code')
            .match(/^(image_unreadable|too_many_pixels|output_too_large)$/);
      }),
      { numRuns: 150, seed: 9 },
    );
  }).timeout(30_000);
});
