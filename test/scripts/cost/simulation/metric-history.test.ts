import { expect } from 'chai';
import { AWS_TIMING } from '../../../../scripts/cost/simulation/aws-timing.ts';
import { addSecond, createMetricHistory, seenAt } from '../../../../scripts/cost/simulation/metric-history.ts';

const TIMING = { ...AWS_TIMING, visibleDelaySeconds: 60, tasksDelaySeconds: 120, lowPeriods: 3 };

/** Minutes with 10, 20, 30 … messages and 1, 2, 3 … tasks. */
function history(minutes: number) {
  const metrics = createMetricHistory();
  for (let second = 0; second < minutes * 60; second += 1) {
    const minute = Math.floor(second / 60) + 1;
    addSecond(metrics, second, { visible: minute * 10, tasks: minute });
  }
  return metrics;
}

describe('what CloudWatch knows', () => {
  it('is the number of messages a minute late, and repeats the number of tasks while it is later', () => {
    expect(seenAt(history(5), 300, TIMING)).to.deep.equal([
      { visible: 20, tasks: 2 },
      { visible: 30, tasks: 3 },
      { visible: 40, tasks: 3 },
    ]);
  });

  it('has no number of tasks before the first arrives, and nothing at all at first', () => {
    expect(seenAt(history(0), 0, TIMING)).to.deep.equal([]);
    expect(seenAt(history(2), 120, TIMING)).to.deep.equal([{ visible: 10, tasks: undefined }]);
  });

  it('is the average of a minute', () => {
    const metrics = createMetricHistory();
    for (let second = 0; second < 60; second += 1)
      addSecond(metrics, second, { visible: second < 30 ? 0 : 10, tasks: 4 });
    expect(metrics.minutes).to.deep.equal([{ visible: 5, tasks: 4 }]);
  });
});
