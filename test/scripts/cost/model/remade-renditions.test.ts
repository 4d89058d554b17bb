import { expect } from 'chai';
import fc from 'fast-check';
import { remadePerImage } from '../../../../scripts/cost/model/remade-renditions.ts';
import { DAYS_A_MONTH, sum, type Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';

const OPEN = { hasCdn: false, hasShield: false };

/** Four renditions of an image, each of which is read so often in each of its months. */
const read = (each: number, months = 1): Workload => ({
  ...PLAIN,
  readsPerImage: { original: 0, rendition: 4 * each * months },
  ageCurve: Array.from({ length: months }, () => 1 / months),
});

const closeTo = (found: readonly number[], byHand: readonly number[]): void => {
  expect(found).to.have.length(byHand.length);
  for (const [month, made] of byHand.entries()) expect(found[month]).to.be.closeTo(made, 0.001);
};

describe('renditions that are made again', () => {
  it('are made several times in a month, the first included, if they expire within it', () => {
    // Of one that is always read, S3 removes what is a week old at the next midnight: it is made again on days 8, 16 and 24 of the 30.4 of a month,
    // and on days 32, 40, 48 and 56 of the second. Four renditions: 12 and 16.
    closeTo(remadePerImage(read(1e6, 2), { ...OPEN, renditionDays: 7 }), [12, 16]);
  });

  it('are made when somebody reads what has expired', () => {
    // After 29 days it is gone on day 30, the last of the month. It is read by then if one of 30 reads a month comes on that day:
    // 1 - exp(-30 / 30.4167) = 0.627, of four.
    closeTo(remadePerImage(read(30), { ...OPEN, renditionDays: 29 }), [4 * 0.627]);
    // Only reads that come through the CDN count: 1 - exp(-3 / 30.4167) = 0.0939, and half of them with Origin Shield: 0.0481.
    const guarded = { ...read(30), originShieldHitRate: 0.5 };
    closeTo(remadePerImage(guarded, { hasCdn: true, hasShield: false, renditionDays: 29 }), [4 * 0.0939]);
    closeTo(remadePerImage(guarded, { hasCdn: true, hasShield: true, renditionDays: 29 }), [4 * 0.0481]);
  });

  it('are none where nothing expires, or nothing is read', () => {
    closeTo(remadePerImage(read(100, 3), { ...OPEN, renditionDays: Number.POSITIVE_INFINITY }), [0, 0, 0]);
    closeTo(remadePerImage(read(100, 3), { ...OPEN, renditionDays: 100 }), [0, 0, 0]);
    closeTo(remadePerImage(read(0, 3), { ...OPEN, renditionDays: 7 }), [0, 0, 0]);
  });

  it('are never more than the reads, and never made more often than they expire', () => {
    const reads = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(reads, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 }), (each, months, days) => {
        const made = sum(remadePerImage(read(each, months), { ...OPEN, renditionDays: days }));
        expect(made).to.be.at.least(0);
        expect(made).to.be.at.most(4 * each * months + 1e-9);
        expect(made).to.be.at.most((4 * months * DAYS_A_MONTH) / (days + 1) + 1e-9);
      }),
    );
  });
});
