import { CloudwatchCompositeAlarm } from '@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import type { Metric } from './metrics.ts';

/** A metric and how its values of one period become one: `Sum`, `Average`, `p99`, … */
export interface Reading {
  metric: Metric;
  stat: string;
}

export interface AlarmProps {
  name: string;
  /** What it means for whom, and where to look: all that a mail has to say. */
  description: string;
  /** By the names they have in the expressions; without expressions one. $0.10 a month for each. */
  readings: Record<string, Reading>;
  /** Metric math in order, each may use those before it: the last is compared. */
  expressions?: Record<string, string>;
  /** What must be exceeded, … */
  threshold: number;
  /** … or fallen below. */
  below?: true;
  periodSeconds: number;
  /** … in so many periods … */
  datapoints: number;
  /** … of the last so many; of as many more if not told as may not be there yet. */
  periods?: number;
  /** What a period without a figure counts for; nothing is wrong then unless told otherwise: most figures are kept only while something happens. */
  missing?: 'notBreaching' | 'ignore';
  /** None where a composite alarm speaks for it. */
  actions?: readonly string[] | undefined;
  provider?: TerraformProvider | undefined;
}

/**
 * By which figures come late: the load balancer's, those of Container Insights and CloudFront are minutes old when they are there. An
 * alarm that wants all of its periods, and fills those it has nothing of, never goes off: the last one is always filled
 * (FILL in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). test/stacks/observability/alarm-states.test.ts
 * plays it for each alarm.
 */
export const LATE_SECONDS = 180;

const isPercentile = (stat: string): boolean => /^p\d/.test(stat);

const told = (actions: readonly string[] = []) =>
  actions.length > 0 ? { alarmActions: [...actions], okActions: [...actions] } : {};

/** An alarm on figures of CloudWatch. */
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
    ...told(actions),
  });
}

function readingOf({ name, readings, periodSeconds }: AlarmProps) {
  const [reading, ...others] = Object.values(readings);
  if (!reading || others.length > 0) throw new Error(`${name}: without an expression it takes one reading`);
  const { metric, stat } = reading;
  return {
    ...metric,
    period: periodSeconds,
    ...(isPercentile(stat)
      ? // A percentile of fewer than 1,000 requests in a period is one request, and no reason to wake anybody.
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
  /** Any of them. */
  of: readonly CloudwatchMetricAlarm[];
  actions: readonly string[];
}

/** One alarm for several that one cause sets off together: one mail, which names them. $0.50 a month. */
export const createCompositeAlarm = (
  scope: Construct,
  id: string,
  { name, description, of, actions }: CompositeProps,
) =>
  new CloudwatchCompositeAlarm(scope, id, {
    alarmName: name,
    alarmDescription: description,
    alarmRule: of.map(({ alarmName }) => `ALARM("${alarmName}")`).join(' OR '),
    ...told(actions),
  });
