import { CloudwatchCompositeAlarm } from '@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import type { Metric } from './metrics.ts';

/** A metric, and the statistic that combines its values in one period: `Sum`, `Average`, `p99`, … */
export interface Reading {
  metric: Metric;
  stat: string;
}

export interface AlarmProps {
  name: string;
  /** What the alarm means, for whom, and where to look. The mail says nothing else. */
  description: string;
  /** The readings by their names in the expressions; exactly one if there are no expressions. Each costs $0.10 a month. */
  readings: Record<string, Reading>;
  /** Metric math, in order: each expression may use the ones before it, and the last is compared with the threshold. */
  expressions?: Record<string, string>;
  /** The alarm goes off when this is exceeded. */
  threshold: number;
  /** If set, the alarm goes off when the value falls below the threshold. */
  below?: true;
  periodSeconds: number;
  /** The number of periods in which the threshold must be crossed. */
  datapoints: number;
  /** The number of recent periods that are evaluated; by default `datapoints` and as many more as may still lack data. */
  periods?: number;
  /** How a period without data counts. By default it is normal, because most metrics have data only while something happens. */
  missing?: 'notBreaching' | 'ignore';
  /** Undefined if a composite alarm notifies on its behalf. */
  actions?: readonly string[] | undefined;
  provider?: TerraformProvider | undefined;
}

/**
 * The delay of metrics: those of the load balancer, Container Insights and CloudFront arrive minutes late. An alarm that requires all of its
 * periods and fills those without data never goes off, because the latest period is always filled
 * (FILL in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
 * test/stacks/observability/alarm-states.test.ts simulates this for each alarm.
 */
export const LATE_SECONDS = 180;

const isPercentile = (stat: string): boolean => /^p\d/.test(stat);

const notificationActions = (actions: readonly string[] = []) =>
  actions.length > 0 ? { alarmActions: [...actions], okActions: [...actions] } : {};

/** An alarm on CloudWatch metrics. */
export function createAlarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
  const { name, description, threshold, datapoints, periodSeconds, missing, actions, provider } = props;
  const { periods = datapoints + Math.ceil(LATE_SECONDS / periodSeconds) } = props;
  return new CloudwatchMetricAlarm(scope, id, {
    ...(provider && { provider }),
    alarmName: name,
    alarmDescription: description,
    comparisonOperator: props.below ? 'LessThanThreshold' : 'GreaterThanThreshold',
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: datapoints,
    treatMissingData: missing ?? 'notBreaching',
    ...(props.expressions ? mathOf(props, props.expressions) : readingOf(props)),
    ...notificationActions(actions),
  });
}

function readingOf({ name, readings, periodSeconds }: AlarmProps) {
  const [reading, ...others] = Object.values(readings);
  if (!reading || others.length > 0)
    throw new Error(`${name}: an alarm without an expression takes exactly one reading`);
  const { metric, stat } = reading;
  return {
    ...metric,
    period: periodSeconds,
    ...(isPercentile(stat)
      ? // With fewer than 1,000 requests in a period, a percentile is a single request, which is no reason to wake anybody.
        { extendedStatistic: stat, evaluateLowSampleCountPercentiles: 'ignore' }
      : { statistic: stat }),
  };
}

function mathOf({ readings, periodSeconds }: AlarmProps, expressions: Record<string, string>) {
  const last = Object.keys(expressions).at(-1);
  return {
    metricQuery: [
      ...Object.entries(readings).map(([id, { metric, stat }]) => ({
        id,
        returnData: false,
        metric: { ...metric, period: periodSeconds, stat },
      })),
      ...Object.entries(expressions).map(([id, expression]) => ({
        id,
        expression,
        label: id,
        returnData: id === last,
      })),
    ],
  };
}

interface CompositeProps {
  name: string;
  description: string;
  /** The composite alarm goes off when any of these does. */
  of: readonly CloudwatchMetricAlarm[];
  actions: readonly string[];
}

/** Combines alarms that one cause sets off together, so that it results in one mail, which names them. $0.50 a month. */
export const createCompositeAlarm = (
  scope: Construct,
  id: string,
  { name, description, of, actions }: CompositeProps,
) =>
  new CloudwatchCompositeAlarm(scope, id, {
    alarmName: name,
    alarmDescription: description,
    alarmRule: of.map(({ alarmName }) => `ALARM("${alarmName}")`).join(' OR '),
    ...notificationActions(actions),
  });
