import type { Values } from '../../target-stack/synthesised-environment.ts';
import type { Range } from '../report/cost-report.ts';
import { always, type Billed, used } from './charge.ts';
import type { Context } from './context.ts';
import type { Resource } from './resource.ts';

/** Metrics of a message that the worker writes in the embedded metric format (containers/worker/metrics/cloudwatch-metrics.ts). */
export const WORKER_METRICS = 18;

/** Target tracking and managed scaling keep an alarm for scaling out and one for scaling in. */
const ALARMS_OF_A_POLICY = 2;

const line = (
  { address }: Resource,
  item: string,
  how: string,
): Pick<Billed, 'area' | 'item' | 'resource' | 'how'> => ({
  area: 'logs and alarms',
  item,
  resource: address,
  how,
});

/** The metrics that an alarm looks at: each is billed as an alarm. */
const metricsOf = ({ metric_query: queries = [] }: Values): Values[] => queries.filter(({ metric }: Values) => metric);

/** Alarms of less than a minute cost more. */
const isHighResolution = (values: Values): boolean =>
  [values.period, ...metricsOf(values).map(({ metric }) => [metric].flat()[0].period)].some((period) => period < 60);

export const metricAlarmLines = (alarm: Resource): Billed[] => [
  {
    ...line(alarm, 'Alarms', 'each metric that it looks at'),
    charges: [
      {
        price: isHighResolution(alarm.values) ? 'cloudwatch.alarm.high-resolution' : 'cloudwatch.alarm.standard',
        amount: always(Math.max(1, metricsOf(alarm.values).length)),
      },
    ],
  },
];

export const compositeAlarmLines = (alarm: Resource): Billed[] => [
  {
    ...line(alarm, 'Alarms of several alarms', 'one'),
    charges: [{ price: 'cloudwatch.alarm.composite', amount: always(1) }],
  },
];

/** The alarms by which a policy scales; the alarm of step scaling is a resource of its own. */
export function scalingPolicyLines(policy: Resource): Billed[] {
  const tracking = policy.values.target_tracking_scaling_policy_configuration;
  if (!tracking) return [];
  const custom = [[tracking].flat()[0].customized_metric_specification ?? {}].flat()[0].metrics ?? [];
  const metrics = Math.max(1, custom.filter(({ metric_stat }: Values) => metric_stat).length);
  return [
    {
      ...line(policy, 'Alarms by which services scale', `${ALARMS_OF_A_POLICY} alarms of ${metrics} metrics`),
      charges: [{ price: 'cloudwatch.alarm.standard', amount: always(ALARMS_OF_A_POLICY * metrics) }],
    },
  ];
}

export const capacityProviderLines = (provider: Resource): Billed[] => [
  {
    ...line(provider, 'Alarms by which instances scale', `${ALARMS_OF_A_POLICY} alarms`),
    charges: [{ price: 'cloudwatch.alarm.standard', amount: always(ALARMS_OF_A_POLICY) }],
  },
];

export const dashboardLines = (dashboard: Resource): Billed[] => [
  {
    ...line(dashboard, 'Dashboard', 'one'),
    charges: [{ price: 'cloudwatch.dashboard', amount: always(1) }],
  },
];

/** Metrics of messages are billed only in hours in which they have values. */
const withMessages = (metrics: number, { traffic: { operations } }: Context): Range =>
  used(operations.processUpload + operations.processRendition > 0 ? metrics : 0);

/** The metric of a filter, which several filters may count into. */
const countedBy = ({ values }: Resource): string => JSON.stringify([values.metric_transformation].flat()[0]);

/** Whether a metric has values only when somebody is refused or something fails, which a month need not have. */
const isOfTrouble = ({ values }: Resource): boolean => [values.metric_transformation].flat()[0]?.value === '1';

/** A metric that is counted from log lines. */
export function metricFilterLines(filter: Resource, context: Context): Billed[] {
  const first = context.resources.find(
    ({ type, ...each }) => type === filter.type && countedBy({ type, ...each }) === countedBy(filter),
  );
  if (first?.address !== filter.address) return [];
  const amount = isOfTrouble(filter) ? { minimum: 0, typical: 0, maximum: 1 } : withMessages(1, context);
  return [
    {
      ...line(filter, 'Metrics counted from logs', 'one custom metric'),
      charges: [{ price: 'cloudwatch.metric', amount }],
    },
  ];
}

/** The metrics of the worker, whose log lines CloudWatch turns into metrics. */
export const taskDefinitionLines = (task: Resource, context: Context): Billed[] =>
  String(task.values.container_definitions).includes('"name":"METRICS","value":"emf"')
    ? [
        {
          ...line(task, 'Metrics of the worker', `${WORKER_METRICS} custom metrics`),
          charges: [{ price: 'cloudwatch.metric', amount: withMessages(WORKER_METRICS, context) }],
        },
      ]
    : [];
