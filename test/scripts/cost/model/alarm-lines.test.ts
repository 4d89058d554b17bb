import { expect } from 'chai';
import { reportOfPlatform } from '../../../support/cost/report-lines.ts';

/** Dollars of an alarm with periods of ten seconds. */
function usdOfAlarm(name: string): number {
  const lines = reportOfPlatform(({ aws_cloudwatch_metric_alarm: alarms = {} }) => {
    const alarm = alarms[name];
    if (!alarm) throw new Error(`There is no alarm ${name}.`);
    if (alarm.period) alarm.period = 10;
    for (const { metric } of alarm.metric_query ?? []) if (metric) [metric].flat()[0].period = 10;
  });
  return (
    lines.find(({ resource }) => resource === `platform-prod.aws_cloudwatch_metric_alarm.${name}`)?.usd.typical ?? 0
  );
}

describe('alarms of less than a minute', () => {
  it('cost $0.30 instead of $0.10', () => {
    expect(usdOfAlarm('alarms_worker_late')).to.be.closeTo(0.3, 1e-9);
  });

  it('cost as much for each metric that they look at', () => {
    // Renditions that have failed, that are ready and that were returned.
    expect(usdOfAlarm('alarms_worker_failures')).to.be.closeTo(3 * 0.3, 1e-9);
  });
});
