import { expect } from 'chai';
import fc from 'fast-check';
import { loadsOf } from '../../../../../scripts/cost/workloads/measured/rendition-loads.ts';
import { sizeHistogram } from '../../../../../scripts/cost/workloads/measured/size-histogram.ts';
import { medium } from '../../../../../scripts/cost/workloads/medium.ts';
import { validWorkload } from '../../../../../scripts/cost/workloads/validate-workload.ts';
import {
  cpuSecondsOfUpload,
  meanOriginalBytes,
  meanRenditionBytes,
  sum,
} from '../../../../../scripts/cost/workloads/workload.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';

const KIB = 1024;

describe('the histogram of measured sizes', () => {
  it('has a border at 128 KiB and leaves empty classes out', () => {
    expect(sizeHistogram([128 * KIB, 128 * KIB + 1, 130 * KIB, 3000 * KIB])).to.deep.equal([
      { upToBytes: 128 * KIB, share: 0.25, meanBytes: 128 * KIB },
      { upToBytes: 256 * KIB, share: 0.5, meanBytes: (128 * KIB + 1 + 130 * KIB) / 2 },
      { upToBytes: 4096 * KIB, share: 0.25, meanBytes: 3000 * KIB },
    ]);
  });

  it('keeps the mean of any sizes, and is valid', () => {
    const anySizes = fc.array(fc.integer({ min: 0, max: LIMITS.asyncUploadBytes }), { minLength: 1 });
    fc.assert(
      fc.property(anySizes, (bytes) => {
        const workload = validWorkload({ ...medium, sizes: sizeHistogram(bytes) }, 'a test');
        expect(meanOriginalBytes(workload)).to.be.closeTo(sum(bytes) / bytes.length, 1);
      }),
    );
  });
});

describe('measured renditions', () => {
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
  /** No rendition takes more than an hour: workloads that say so are refused. */
  const seconds = fc.double({ min: 0, max: 3600, noNaN: true });
  const load = fc.record({
    name: fc.constant('any'),
    meanBytes: amount,
    cpuSeconds: seconds,
    format: fc.constant('webp' as const),
  });

  it('come to the bytes and seconds that an image took, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.array(load, { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        amount,
        seconds,
        (shape, count, bytes, cpuSeconds) => {
          const renditions = loadsOf(shape, { count, bytes, cpuSeconds });
          expect(renditions).to.have.length(count);
          expect(cpuSecondsOfUpload({ renditions })).to.be.closeTo(cpuSeconds, cpuSeconds * 1e-9 + 1e-9);
          expect(meanRenditionBytes({ ...medium, renditions }) * count).to.be.closeTo(bytes, bytes * 1e-9 + 1e-9);
          validWorkload({ ...medium, renditions }, 'a test');
        },
      ),
    );
  });

  it('keep their proportions', () => {
    const [first, second] = medium.renditions;
    const scaled = loadsOf(medium.renditions, { count: 2, cpuSeconds: 6.12 });
    // 0.59 and 0.022 seconds, ten times as many.
    expect(scaled.map(({ cpuSeconds }) => cpuSeconds.toFixed(9))).to.deep.equal(['5.900000000', '0.220000000']);
    expect(scaled.map(({ meanBytes }) => meanBytes)).to.deep.equal([first?.meanBytes, second?.meanBytes]);
  });
});
