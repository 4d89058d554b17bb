import { expect } from 'chai';
import sharp from 'sharp';
import { QUEUE_TIMING } from '../../../../shared/contracts/queue-timing.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { paintingOf, secondsToPaint } from '../../../../shared/domain/svg-painting.ts';
import { cpuSecondsOf } from '../../../support/cpu-time.ts';
import { REFERRING } from '../../../support/referring-drawings.ts';

/** Pixels to a side: of a thumbnail, of one tile of libvips, of some, and of as many as a result may have. */
const SIDES = [200, 2000, 5000, Math.floor(Math.sqrt(LIMITS.outputPixels))];

type Referring = (times: number, size: number) => string;

const isAdmitted = (drawing: string, side: number): boolean =>
  drawing.length <= LIMITS.svgBytes &&
  secondsToPaint(paintingOf(drawing), { width: side, height: side }) <= LIMITS.svgDrawingSeconds;

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
  this.timeout(600_000);

  for (const [kind, referring] of Object.entries(REFERRING)) {
    for (const side of SIDES) {
      it(`ends in time for ${kind} at ${side} pixels a side`, async function () {
        const drawing = largest(referring, side);
        if (!drawing) return this.skip();
        const drawn = sharp(Buffer.from(drawing), { limitInputPixels: false }).resize(side, side, { fit: 'fill' });
        const seconds = await cpuSecondsOf(() => drawn.stats());
        expect(seconds).below(QUEUE_TIMING.processingTimeoutSeconds);
      });
    }
  }
});
