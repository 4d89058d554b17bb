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
      /mine\.ts.*\n.*dailyCurve must be 24 weights.*not \[ 1 \]\n.*cacheHitRate must be a share, 0 to 1, not 85\n.*colour is no field/,
    );
  });

  const [size] = medium.sizes;
  const [rendition] = medium.renditions;
  const WRONG: [what: string, changed: object, text: RegExp][] = [
    ['a number beyond all use', { imagesPerDay: 1e300 }, /imagesPerDay must be a number from 0 to 10¹², not 1e\+300/],
    ['a number that is none', { listCallsPerDay: Number.NaN }, /listCallsPerDay must .* not NaN/],
    ['a size that is null', { sizes: [null] }, /sizes must be size classes .* not \[ null \]/],
    [
      'an original that S3 does not take in one copy',
      { sizes: [{ ...size, share: 1, meanBytes: 1e14, upToBytes: 1e14 }] },
      /sizes must/,
    ],
    ['a rendition that is a text', { renditions: ['thumb'] }, /renditions must/],
    ['a format that nobody makes', { renditions: [{ ...rendition, format: 'bmp' }] }, /renditions must .* webp, avif/],
    [
      'more renditions than a message holds',
      { renditions: Array(101).fill(rendition) },
      /renditions must be at most 100/,
    ],
    [
      'reads for more than ten years',
      { ageCurve: Array(121).fill(1 / 121) },
      /ageCurve must be shares of the reads by month, of at most 120, whose/,
    ],
    ['a rendition that takes for ever', { renditions: [{ ...rendition, cpuSeconds: 1e9 }] }, /renditions must/],
  ];
  for (const [what, changed, text] of WRONG)
    it(`are refused with ${what}`, () => {
      expect(() => validWorkload({ ...medium, ...changed }, 'mine.ts')).to.throw(text);
    });

  it('may have reads for ten years', () => {
    const ageCurve = Array(120).fill(1 / 120);
    expect(validWorkload({ ...medium, ageCurve }, 'mine.ts').ageCurve).to.have.length(120);
  });

  it('are refused if a field is missing', () => {
    const { ageCurve: _, ...rest } = medium;
    expect(() => validWorkload(rest, 'mine.ts')).to.throw(/ageCurve must be shares/);
  });
});
