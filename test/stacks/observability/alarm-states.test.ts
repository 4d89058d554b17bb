import { expect } from 'chai';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { type Cases, casesOf, type Moment } from '../../support/stacks/cloud-watch/alarm-cases.ts';
import {
  type Circumstances,
  type Metrics,
  metricIdsOf,
  periodOf,
  statesOf,
} from '../../support/stacks/cloud-watch/alarm-state.ts';
import { READINGS } from '../../support/stacks/cloud-watch/metric-math.ts';
import { type Arguments, all, synthesise } from '../../support/stacks/entrance.ts';
import { testingApp } from '../../support/stacks/testing-app.ts';

/** The assumed delay of metrics in minutes; CloudWatch documents that they come late, but not by how much. */
const LATE_MINUTES = 3;
/** The assumed minutes by which separately counted metrics may lag behind others of the same moment. */
const APART_MINUTES = 2;

const lasting = (moment: Moment, periods: number): Moment[] => Array.from({ length: periods }, () => moment);

const seriesOf = (ids: readonly string[], moments: Moment[]): Metrics =>
  Object.fromEntries([...ids, 'samples'].map((id) => [id, moments.map((moment) => moment[id])]));

/** The delays to try: all metrics late together, or one of them alone. */
function latenesses(alarm: Arguments, { isApart }: Cases): Record<string, number>[] {
  const period = periodOf(alarm) / 60;
  const late = (minutes: number) => [...Array(Math.ceil(minutes / period) + 1).keys()];
  const together = late(LATE_MINUTES).map((periods) => ({ '*': periods }));
  const apart = isApart
    ? metricIdsOf(alarm).flatMap((id) => late(APART_MINUTES).map((periods) => ({ [id]: periods })))
    : [];
  return [...together, ...apart];
}

/** Every combination of delays and of possible readings of the documentation. */
const circumstances = (alarm: Arguments, cases: Cases): Circumstances[] =>
  latenesses(alarm, cases).flatMap((late) => READINGS.map((reading) => ({ late, reading })));

function eachEnvironment(defineTests: (settings: EnvironmentSettings, alarms: Arguments[]) => void): void {
  for (const settings of ENVIRONMENTS)
    describe(`alarms of ${settings.name}`, () => {
      defineTests(
        settings,
        all(synthesise(new PlatformStack(testingApp(), 'platform', settings)), 'cloudwatch_metric_alarm'),
      );
    });
}

eachEnvironment((settings, alarms) => {
  for (const alarm of alarms) {
    const ids = metricIdsOf(alarm);
    const cases = casesOf(alarm.alarm_name, settings, ids);

    if (!cases) {
      it(`include cases for ${alarm.alarm_name}`, () =>
        expect.fail('test/support/stacks/cloud-watch/alarm-cases.ts has no cases for this alarm'));
      continue;
    }

    const { calm, troubles, harmless, passing = {}, keepsState, zeroIsTrouble } = cases;
    const periods: number = alarm.evaluation_periods;
    const long = 3 * periods + 10;
    const everywhere = (look: (each: Circumstances) => void) => {
      for (const each of circumstances(alarm, cases)) look(each);
    };

    for (const [name, trouble] of Object.entries(troubles))
      it(`go off for ${name} and recover: ${alarm.alarm_name}`, () => {
        const moments = [...lasting(calm, long), ...lasting(trouble, long), ...lasting(calm, long)];
        everywhere((each) => {
          const states = statesOf(alarm, seriesOf(ids, moments), each);
          const [before, during, after] = [1, 2, 3].map((third) => states[third * long - 1]);
          expect(before, JSON.stringify(each)).to.not.equal('ALARM');
          expect([during, after], JSON.stringify(each)).to.deep.equal(['ALARM', 'OK']);
        });
      });

    const quiet: Record<string, Moment[]> = {
      ...(!zeroIsTrouble && {
        'metrics that are all zero': lasting(Object.fromEntries(ids.map((id) => [id, 0])), long),
      }),
      'missing metrics': lasting({}, long),
      ...Object.fromEntries(Object.entries(harmless).map(([name, moment]) => [name, lasting(moment, long)])),
      ...Object.fromEntries(
        Object.entries(passing).map(([name, [length, moment]]) => [
          name,
          [...lasting(moment, length), ...lasting(calm, long)],
        ]),
      ),
    };
    it(`do not go off for ${Object.keys(quiet).join(', ')}: ${alarm.alarm_name}`, () => {
      for (const [name, course] of Object.entries(quiet))
        everywhere((each) => {
          const states = statesOf(alarm, seriesOf(ids, [...lasting(calm, long), ...course]), each);
          // At the very beginning there is no data yet.
          expect(states.slice(LATE_MINUTES), `${name}, ${JSON.stringify(each)}`).to.not.include('ALARM');
        });
    });

    it(`${keepsState ? 'keep their state' : 'return to OK'} when metrics stop: ${alarm.alarm_name}`, () => {
      const [trouble = {}] = Object.values(troubles);
      const states = statesOf(alarm, seriesOf(ids, [...lasting(trouble, long), ...lasting({}, long)]));
      expect(states.at(-1)).to.equal(keepsState ? 'ALARM' : 'OK');
    });
  }

  it('are more than fifteen', () => expect(alarms.length).to.be.above(15));
});
