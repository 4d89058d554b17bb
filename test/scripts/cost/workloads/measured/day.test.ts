import { expect } from 'chai';
import fc from 'fast-check';
import { dayOf, hourOf, timesSeen } from '../../../../../scripts/cost/workloads/measured/day.ts';
import { medium } from '../../../../../scripts/cost/workloads/medium.ts';
import { imagesPerSecondByHour, sum } from '../../../../../scripts/cost/workloads/workload.ts';

const HOUR_MS = 60 * 60 * 1000;

/** When images were uploaded, as the metrics have it. */
function uploadsOf(times: readonly number[]) {
  const byHour: number[] = new Array(24).fill(0);
  for (const time of times) byHour[hourOf(time)] = (byHour[hourOf(time)] ?? 0) + 1;
  return { byHour, first: Math.min(...times), last: Math.max(...times) };
}

const between = (from: string, to: string) => {
  const [begin, end] = [Date.parse(from), Date.parse(to)] as const;
  return Array.from({ length: (end - begin) / HOUR_MS }, (_, hour) => begin + hour * HOUR_MS);
};

describe('the day of a measured workload', () => {
  it('counts hours that were seen twice half', () => {
    // Every hour of a day and a half has one image: 24 a day, evenly.
    const { imagesPerDay, dailyCurve } = dayOf(uploadsOf(between('2026-11-02T00:00Z', '2026-11-03T12:00Z')));
    expect(imagesPerDay).to.be.closeTo(24, 1e-9);
    for (const weight of dailyCurve ?? expect.fail()) expect(weight).to.be.closeTo(1, 1e-9);
  });

  it('has the evening in the hours of the evening', () => {
    const evening = between('2026-11-02T18:00Z', '2026-11-02T22:00Z').flatMap((time) => Array(10).fill(time));
    const { imagesPerDay, dailyCurve } = dayOf(
      uploadsOf([...between('2026-11-02T00:00Z', '2026-11-03T00:00Z'), ...evening]),
    );
    expect(imagesPerDay).to.be.closeTo(64, 1e-9);
    // 11 images in an hour, of 64 / 24 on average.
    expect(dailyCurve?.[18]).to.be.closeTo((11 * 24) / 64, 1e-9);
    expect(dailyCurve?.[17]).to.be.closeTo(24 / 64, 1e-9);
  });

  it('sees every hour as often as it was: the sum is the time seen', () => {
    const anyTime = fc.integer({ min: 0, max: 8e15 });
    fc.assert(
      fc.property(anyTime, fc.double({ min: 24, max: 24e4, noNaN: true }), (first, hours) => {
        const times = timesSeen(first, hours * HOUR_MS);
        expect(sum(times)).to.be.closeTo(hours, hours * 1e-6);
        expect(Math.min(...times)).to.be.at.least(Math.floor(hours / 24));
        expect(Math.max(...times)).to.be.at.most(Math.floor(hours / 24) + 1.000001);
      }),
    );
  });

  it('gives each hour back the images that it had', () => {
    const anyTimes = fc.array(fc.integer({ min: 0, max: 10 * 24 * HOUR_MS }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(anyTimes, (times) => {
        const uploads = uploadsOf([...times, 0, 2 * 24 * HOUR_MS]);
        const { imagesPerDay, dailyCurve = expect.fail('two days are more than one') } = dayOf(uploads);
        const seenMs = ((uploads.last - uploads.first) * sum(uploads.byHour)) / (sum(uploads.byHour) - 1);
        const perSecond = imagesPerSecondByHour({ ...medium, imagesPerDay, dailyCurve });
        for (const [hour, times] of timesSeen(uploads.first, seenMs).entries())
          expect((perSecond[hour] ?? 0) * 3600 * times).to.be.closeTo(uploads.byHour[hour] ?? 0, 1e-6);
      }),
    );
  });
});
