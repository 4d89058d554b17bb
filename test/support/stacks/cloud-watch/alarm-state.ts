import type { Arguments } from '../entrance.ts';
import { computeSeries, READINGS, type Reading, type Series } from './metric-math.ts';

export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Periods that CloudWatch reads in addition to the evaluated ones: three and two more in the tables of its documentation. */
const MORE_PERIODS = 2;

interface Rule {
  /** Those of which … */
  periods: number;
  /** … so many must breach. */
  datapoints: number;
  missing: string;
  breaches(value: number): boolean;
}

const BREACHES: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/**
 * The state of an alarm from the data points that CloudWatch finds, as in “Evaluating an alarm” and “Configuring how CloudWatch alarms
 * treat missing data”, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html.
 */
export function nextState(found: Series, { periods, datapoints, missing, breaches }: Rule, before: State): State {
  const known = found.filter((point) => point !== undefined);
  const evaluated = known.slice(-periods);
  const fillers = periods - evaluated.length;
  const breaching = evaluated.filter(breaches).length + (missing === 'breaching' ? fillers : 0);
  if (breaching >= datapoints) return 'ALARM';
  if (missing !== 'ignore' || fillers === 0) return 'OK';
  return evaluated.some((point) => !breaches(point)) ? 'OK' : before;
}

/**
 * The values of each metric of an alarm by its id. For an alarm on one metric, the id is `value`, and there is the number of samples of
 * each value.
 */
export type Metrics = Record<string, Series>;

export interface Circumstances {
  /** Periods by which the values of a metric, or of `*`, come late. */
  late?: Record<string, number>;
  reading?: Reading;
}

const queriesOf = (alarm: Arguments): Arguments[] => alarm.metric_query ?? [{ id: 'value', metric: alarm }];

export const metricIdsOf = (alarm: Arguments): string[] =>
  queriesOf(alarm)
    .filter(({ metric }) => metric)
    .map(({ id }) => id);

export const periodOf = (alarm: Arguments): number => queriesOf(alarm).find(({ metric }) => metric)?.metric.period;

/** “Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data”, says the reference of PutMetricAlarm. */
function ruleOf(alarm: Arguments): Rule {
  const { evaluation_periods, datapoints_to_alarm = evaluation_periods, threshold, comparison_operator } = alarm;
  const isDynamoDb = queriesOf(alarm).some(({ metric }) => metric?.namespace === 'AWS/DynamoDB');
  const breaches = BREACHES[comparison_operator];
  if (!breaches) throw new Error(`${alarm.alarm_name}: no test knows ${comparison_operator}`);
  return {
    periods: evaluation_periods,
    datapoints: datapoints_to_alarm,
    missing: isDynamoDb ? 'ignore' : alarm.treat_missing_data,
    breaches: (value) => breaches(value, threshold),
  };
}

/** The states of an alarm, evaluated once a period, while its metrics are reported. */
export function statesOf(
  alarm: Arguments,
  metrics: Metrics,
  { late = {}, reading = READINGS[0] as Reading }: Circumstances = {},
): State[] {
  const rule = ruleOf(alarm);
  const ids = metricIdsOf(alarm);
  const range = rule.periods + MORE_PERIODS;
  const length = Math.max(...Object.values(metrics).map((series) => series.length));
  let state: State = 'INSUFFICIENT_DATA';
  return Array.from({ length }, (_, now) => {
    const found = (id: string): Series =>
      Array.from({ length: range }, (_, index) => {
        const period = now - range + 1 + index;
        return period < 0 || period > now - (late[id] ?? late['*'] ?? 0) ? undefined : metrics[id]?.[period];
      });
    const seen = Object.fromEntries([...ids, 'samples'].map((id) => [id, found(id)]));
    if (!hasFewSamples(alarm, seen.samples ?? [])) state = nextState(valuesOf(alarm, seen, reading), rule, state);
    return state;
  });
}

/** The value of the returned expression. Each expression is computed from those before it. */
function valuesOf(alarm: Arguments, seen: Record<string, Series>, reading: Reading): Series {
  const series = { ...seen };
  for (const { id, expression } of queriesOf(alarm))
    if (expression) series[id] = computeSeries(expression, series, reading);
  const returned = queriesOf(alarm).find(({ return_data }) => return_data)?.id ?? 'value';
  return series[returned] ?? [];
}

/** “The alarm state does not change during periods with too few data points to be statistically significant”: 10/(1-percentile). */
function hasFewSamples(
  { extended_statistic, evaluate_low_sample_count_percentiles: few }: Arguments,
  samples: Series,
): boolean {
  if (few !== 'ignore') return false;
  const percentile = Number(extended_statistic.slice(1)) / 100;
  const last = samples.findLast((count) => count !== undefined);
  return last !== undefined && last < 10 / (1 - percentile);
}
