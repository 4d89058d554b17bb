import { expect } from 'chai';
import { arrivalsOf } from '../../../../scripts/cost/simulation/arrivals.ts';
import { randomStreams } from '../../../../scripts/cost/simulation/random-streams.ts';
import { serviceTimes } from '../../../../scripts/cost/simulation/service-times.ts';
import { toSeconds } from '../../../../scripts/cost/simulation/ticks.ts';

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the chance of the simulation', () => {
  it('is the same for the same seed, and independent for each purpose', () => {
    const [first, again] = [randomStreams(5), randomStreams(5)];
    const arrivals = draws(10, first.arrivals);
    draws(1000, again.capacity);
    expect(draws(10, again.arrivals)).to.deep.equal(arrivals);
    expect(draws(10, first.services)).to.not.deep.equal(arrivals);
    expect(draws(10, randomStreams(6).arrivals)).to.not.deep.equal(arrivals);
  });

  for (const { shape, variation } of [
    { shape: 0.5, variation: Math.sqrt(5) },
    { shape: 1, variation: 1 },
    { shape: 1000, variation: 0 },
  ])
    it(`draws services around their mean that vary as the shape ${shape} says`, () => {
      const service = serviceTimes(0.8, shape, randomStreams(1).services);
      const seconds = draws(200_000, () => toSeconds(service()));
      const mean = meanOf(seconds);
      const deviation = Math.sqrt(meanOf(seconds.map((value) => (value - mean) ** 2)));
      expect(mean).to.be.closeTo(0.8, 0.02);
      expect(deviation / mean).to.be.closeTo(variation, 0.05 + variation * 0.05);
    });

  it('lets messages arrive at the rate of each second, as a Poisson process', () => {
    const arrivals = arrivalsOf((second) => (second < 1000 ? 50 : 0), randomStreams(1).arrivals);
    const counts = Array.from({ length: 1000 }, (_, second) =>
      draws(100, () => arrivals(second)).reduce((sum, count) => sum + count, 0),
    );
    const mean = meanOf(counts);
    expect(mean).to.be.closeTo(50, 1);
    expect(meanOf(counts.map((count) => (count - mean) ** 2))).to.be.closeTo(50, 7);
    expect(draws(1000, () => arrivals(1000)).every((count) => count === 0)).to.equal(true);
  });
});
