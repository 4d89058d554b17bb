import { expect } from 'chai';
import { arrivalsOf } from '../../../../scripts/cost/simulation/arrivals.ts';
import { largePoisson } from '../../../../scripts/cost/simulation/poisson.ts';
import { randomStreams } from '../../../../scripts/cost/simulation/random-streams.ts';
import { type MessageKind, serviceTimes } from '../../../../scripts/cost/simulation/service-times.ts';
import { toSeconds } from '../../../../scripts/cost/simulation/ticks.ts';

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seconds of so many services, drawn so many at once. */
function servicesOf(
  { kinds, shape }: { kinds: MessageKind[]; shape: number },
  atOnce: number,
  count: number,
): number[] {
  const service = serviceTimes({ kinds, shape, ticksPerSecond: 100 }, randomStreams(1).services);
  const seconds: number[] = [];
  while (seconds.length < count)
    service(atOnce, (ticks, of) => seconds.push(...new Array(of).fill(toSeconds(ticks, 100))));
  return seconds;
}

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
      const seconds = servicesOf({ kinds: [{ share: 1, seconds: 0.8 }], shape }, 1, 200_000);
      const mean = meanOf(seconds);
      const deviation = Math.sqrt(meanOf(seconds.map((value) => (value - mean) ** 2)));
      expect(mean).to.be.closeTo(0.8, 0.02);
      expect(deviation / mean).to.be.closeTo(variation, 0.05 + variation * 0.05);
    });

  it('lets messages arrive at the rate of each second, as a Poisson process', () => {
    const arrivals = arrivalsOf((second) => (second < 1000 ? 50 : 0), 100, randomStreams(1).arrivals);
    const counts = Array.from({ length: 1000 }, (_, second) =>
      draws(100, () => arrivals(second)).reduce((sum, count) => sum + count, 0),
    );
    const mean = meanOf(counts);
    expect(mean).to.be.closeTo(50, 1);
    expect(meanOf(counts.map((count) => (count - mean) ** 2))).to.be.closeTo(50, 7);
    expect(draws(1000, () => arrivals(1000)).every((count) => count === 0)).to.equal(true);
  });

  it('draws many services at once as it draws single ones', () => {
    const kinds = [
      { share: 0.7, seconds: 0.2 },
      { share: 0.3, seconds: 1.5 },
    ];
    const [single, many] = [1, 10_000].map((atOnce) =>
      servicesOf({ kinds, shape: 1 }, atOnce, 200_000).toSorted((a, b) => a - b),
    ) as [number[], number[]];
    expect(many).to.have.length(200_000);
    expect(meanOf(many)).to.be.closeTo(0.7 * 0.2 + 0.3 * 1.5, 0.02);
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const [one, other] = [single, many].map((seconds) => seconds[share * 200_000] as number) as [number, number];
      expect(other).to.be.closeTo(one, 0.01 + one * 0.03);
    }
  });

  for (const mean of [10, 60, 4000])
    it(`draws numbers of arrivals around ${mean} that vary as those of a Poisson process`, () => {
      const { arrivals } = randomStreams(3);
      const counts = draws(100_000, () => largePoisson(mean, arrivals));
      expect(meanOf(counts)).to.be.closeTo(mean, 4 * Math.sqrt(mean / 100_000));
      const moment = (power: number): number => meanOf(counts.map((count) => (count - mean) ** power));
      expect(moment(2)).to.be.closeTo(mean, mean * 0.02);
      // Its third central moment is its mean too.
      expect(moment(3) / mean ** 1.5).to.be.closeTo(1 / Math.sqrt(mean), 0.04);
    });
});
