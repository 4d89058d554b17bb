import { expect } from 'chai';
import { WORKLOADS } from '../../../../scripts/cost/workloads/all-workloads.ts';
import { validWorkload } from '../../../../scripts/cost/workloads/validate-workload.ts';
import {
  imagesPerMonth,
  imagesPerSecondByHour,
  imagesStored,
  meanOriginalBytes,
  peakImagesPerSecond,
  readingImages,
  sum,
  type Workload,
} from '../../../../scripts/cost/workloads/workload.ts';

const medium = WORKLOADS.medium as Workload;

describe('workloads', () => {
  for (const [name, workload] of Object.entries(WORKLOADS))
    it(`has a valid workload ${name} of that name`, () => {
      expect(validWorkload(workload, name).name).to.equal(name);
    });

  it('reach 10,000 images a second at the peak of the internet', () => {
    expect(peakImagesPerSecond(WORKLOADS.internet as Workload)).to.be.closeTo(10_000, 1e-6);
  });

  it('spread a day over its hours without loss', () => {
    expect(sum(imagesPerSecondByHour(medium)) * 3600).to.be.closeTo(100_000, 1e-6);
  });

  it('have originals of the mean size of their histogram', () => {
    // 0.15 × 120 KiB + 0.2 × 600 KiB + 0.4 × 2.6 MiB + 0.22 × 6 MiB + 0.03 × 14 MiB = 138 KiB + 2.78 MiB
    expect(meanOriginalBytes(medium)).to.be.closeTo((138 / 1024 + 2.78) * 1024 * 1024, 1);
  });

  it('store what was uploaded and not yet deleted', () => {
    // 100,000 a day for 730 / 24 days; of last month's images 1 % are gone.
    expect(imagesPerMonth(medium)).to.be.closeTo(3_041_666.67, 1);
    expect(imagesStored(medium, 2)).to.be.closeTo(3_041_666.67 * 1.99, 1);
  });

  it('read in a month what each age is due', () => {
    expect(readingImages(medium, 2)).to.be.closeTo(3_041_666.67 * (0.5 + 0.14 * 0.99), 1);
  });

  it('are refused with every field that is wrong', () => {
    const wrong = { ...medium, dailyCurve: [1], cacheHitRate: 85, colour: 'blue' };
    expect(() => validWorkload(wrong, 'mine.ts')).to.throw(
      /mine\.ts.*\n.*dailyCurve must be 24 weights.*not \[1\]\n.*cacheHitRate must be a share, 0 to 1, not 85\n.*colour is no field/,
    );
  });

  it('are refused if a field is missing', () => {
    const { ageCurve: _, ...rest } = medium;
    expect(() => validWorkload(rest, 'mine.ts')).to.throw(/ageCurve must be shares/);
  });
});
