import { expect } from 'chai';
import fc from 'fast-check';
import {
  type BacklogMetrics,
  backlogExpression,
  backlogRule,
  WAITING_FOR_NOBODY,
  waitsForNobody,
} from '../../../stacks/compute/backlog-rule.ts';
import { computeSeries, READINGS, type Series } from '../../support/stacks/cloud-watch/metric-math.ts';

/** Some minutes of metrics, of which any value may be missing. */
const COUNT = fc.oneof(fc.constant(undefined), fc.nat({ max: 3 }), fc.nat({ max: 1_000_000 }));
const MINUTES = fc.array(fc.tuple(COUNT, COUNT), { minLength: 1, maxLength: 6 });
const SECONDS = fc.integer({ min: 10, max: 60_000 }).map((milliseconds) => milliseconds / 1000);

type Minutes = readonly (readonly [visible: number | undefined, tasks: number | undefined])[];

const seriesOf = (minutes: Minutes): { visible: Series; tasks: Series } => ({
  visible: minutes.map(([visible]) => visible),
  tasks: minutes.map(([, tasks]) => tasks),
});

const lastKnown = (series: Series): number | undefined => series.findLast((value) => value !== undefined);

/** The last minute, with the number of tasks that FILL(tasks, REPEAT) gives. */
const newest = (minutes: Minutes): BacklogMetrics => {
  const { visible, tasks } = seriesOf(minutes);
  return { visible: visible.at(-1), tasks: lastKnown(tasks) };
};

describe('the rule of the backlog', () => {
  it('computes what its metric math says, whatever CloudWatch knows', () => {
    fc.assert(
      fc.property(MINUTES, SECONDS, (minutes, secondsPerMessage) => {
        const { backlogSeconds } = backlogRule({ acceptableLatencySeconds: 30, secondsPerMessage });
        const series = seriesOf(minutes);
        for (const reading of READINGS) {
          const written = computeSeries(backlogExpression(secondsPerMessage), series, reading).at(-1);
          expect(backlogSeconds(newest(minutes))).to.equal(written);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('says that messages wait for nobody when its metric math does', () => {
    fc.assert(
      fc.property(MINUTES, (minutes) => {
        const series = seriesOf(minutes);
        const metrics = { ...newest(minutes), visible: lastKnown(series.visible) };
        for (const reading of READINGS) {
          const waits = computeSeries(WAITING_FOR_NOBODY.waits, series, reading);
          const works = computeSeries(WAITING_FOR_NOBODY.works, series, reading);
          const alone = computeSeries(WAITING_FOR_NOBODY.alone, { waits, works }, reading).at(-1);
          expect(waitsForNobody(metrics)).to.equal(alone === 1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
