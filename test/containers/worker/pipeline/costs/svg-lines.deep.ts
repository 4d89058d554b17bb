import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { paintingOf, secondsToPaint } from '../../../../../shared/domain/svg/svg-painting.ts';
import { cpuSecondsOf } from '../../../../support/cpu-time.ts';
import { LINED } from '../../../../support/drawings/lined-drawings.ts';
import { TEXTED } from '../../../../support/drawings/texted-drawings.ts';

/** Pixels to a side: of a thumbnail, of a picture, and of four tiles of libvips. */
const SIDES = [200, 1000, 4000];

/** A part of what there is, as lines take that grow in number. */
const SECONDS = LIMITS.svgDrawingSeconds / 10;

/** How much longer than counted it may take here, where others use the machine. */
const SLACK = 1.5;

/** Lines are added in steps of so many. */
const STEP = 60;

const countedFor = (drawing: string, side: number): number =>
  secondsToPaint(paintingOf(drawing), { width: side, height: side });

/** The most lines of a kind that are counted as taking that long. */
function largest(write: (count: number) => string, side: number): string | undefined {
  let [least, most] = [0, 1];
  const isWithin = (steps: number) =>
    write(steps * STEP).length <= LIMITS.svgBytes && countedFor(write(steps * STEP), side) <= SECONDS;
  while (isWithin(most)) [least, most] = [most, 2 * most];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (isWithin(middle)) least = middle;
    else most = middle;
  }
  return least > 0 ? write(least * STEP) : undefined;
}

describe('what librsvg takes for the most lines that a drawing may have', function () {
  this.timeout(120_000);

  for (const [kind, write] of Object.entries({ ...LINED, ...TEXTED })) {
    for (const side of SIDES) {
      it(`is no more than counted for ${kind} at ${side} pixels a side`, async function () {
        const drawing = largest(write, side);
        if (drawing === undefined) return this.skip();
        const counted = countedFor(drawing, side);
        const drawn = sharp(Buffer.from(drawing), { limitInputPixels: false }).resize(side, side, { fit: 'fill' });
        const seconds = await cpuSecondsOf(() => drawn.raw().toBuffer());
        process.stdout.write(`${seconds.toFixed(2)} s of ${counted.toFixed(2)}  ${kind}, ${side}\n`);
        expect(seconds).to.be.below(SLACK * counted);
      });
    }
  }
});
