import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { paintingOf, secondsToPaint } from '../../../../../shared/domain/svg/svg-painting.ts';
import { cpuSecondsOf } from '../../../../support/cpu-time.ts';
import { REFERRING } from '../../../../support/drawings/referring-drawings.ts';

/** Pixels to a side: of a thumbnail, and of one tile of libvips. */
const SIDES = [200, 2000];

/** A part of what there is: what references ask for grows as the count does, and all of it takes half an hour to draw. */
const SECONDS = LIMITS.svgDrawingSeconds / 10;

/** Times as long as counted, where the machine is slow or the weight is one of another version of librsvg. What multiplies takes thousands. */
const SLACK = 4;

type Referring = (times: number, size: number) => string;

const isAdmitted = (drawing: string, side: number): boolean =>
  drawing.length <= LIMITS.svgBytes && secondsToPaint(paintingOf(drawing), { width: side, height: side }) <= SECONDS;

/** The most of its references that is admitted; undefined if not even one is. */
function largest(referring: Referring, side: number): string | undefined {
  let [least, most] = [0, 1];
  while (isAdmitted(referring(most, side), side)) [least, most] = [most, 2 * most];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (isAdmitted(referring(middle, side), side)) least = middle;
    else most = middle;
  }
  return least > 0 ? referring(least, side) : undefined;
}

describe('what librsvg takes for the most that references may ask for', function () {
  this.timeout(120_000);

  for (const [kind, referring] of Object.entries(REFERRING)) {
    for (const side of SIDES) {
      it(`is about what is counted for ${kind} at ${side} pixels a side`, async function () {
        const drawing = largest(referring, side);
        if (!drawing) return this.skip();
        const drawn = sharp(Buffer.from(drawing), { limitInputPixels: false }).resize(side, side, { fit: 'fill' });
        // Statistics would have it drawn four times.
        const seconds = await cpuSecondsOf(() => drawn.raw().toBuffer());
        process.stdout.write(`${seconds.toFixed(1)} s of ${SECONDS}  ${kind}, ${side}\n`);
        expect(seconds).to.be.below(SLACK * SECONDS);
      });
    }
  }
});
