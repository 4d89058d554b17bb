import { type Arguments, all, type Synthesised } from './entrance.ts';

/** A metric that something reads. */
export interface Figure {
  /** The alarm, scaling policy or dashboard that reads the metric. */
  by: string;
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

const figureOf = (by: string, { namespace, metric_name, dimensions = {} }: Arguments): Figure => ({
  by,
  namespace,
  name: metric_name,
  dimensions,
});

/** The metrics of alarms, on one metric or on several. */
export const figuresOfAlarms = (synthesised: Synthesised): Figure[] =>
  all(synthesised, 'cloudwatch_metric_alarm').flatMap((alarm) =>
    (alarm.metric_query ?? [{ metric: alarm }])
      .filter(({ metric }: Arguments) => metric)
      .map(({ metric }: Arguments) => figureOf(alarm.alarm_name, metric)),
  );

/** The metrics that scaling follows. */
export const figuresOfScaling = (synthesised: Synthesised): Figure[] =>
  all(synthesised, 'appautoscaling_policy').flatMap(
    ({ name, target_tracking_scaling_policy_configuration: tracking }): Figure[] =>
      (tracking?.customized_metric_specification?.metrics ?? [])
        .filter(({ metric_stat }: Arguments) => metric_stat)
        .map(({ metric_stat: { metric } }: Arguments) =>
          figureOf(name, {
            ...metric,
            dimensions: Object.fromEntries(metric.dimensions.map((each: Arguments) => [each.name, each.value])),
          }),
        ),
  );

export const widgetsOf = (synthesised: Synthesised): Arguments[] =>
  all(synthesised, 'cloudwatch_dashboard').flatMap(({ dashboard_body }) => JSON.parse(dashboard_body).widgets);

/** The metrics of dashboards: `[namespace, name, dimension, value, …, options]`. */
export const figuresOfDashboards = (synthesised: Synthesised): Figure[] =>
  widgetsOf(synthesised).flatMap(({ properties: { title, metrics = [] } }): Figure[] =>
    (metrics as unknown[][])
      .filter(([first]) => typeof first === 'string')
      .map((line) => {
        const [namespace, name, ...dimensions] = line.filter((each) => typeof each === 'string') as string[];
        const pairs = dimensions.flatMap((each, index) => (index % 2 === 0 ? [[each, dimensions[index + 1]]] : []));
        return { by: title, namespace: String(namespace), name: String(name), dimensions: Object.fromEntries(pairs) };
      }),
  );
