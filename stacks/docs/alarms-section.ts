import { code, table } from './markdown.ts';
import { ResourceGraph } from './resource-graph.ts';
import type { Configuration } from './synthesis.ts';

/** Every alarm by its name, with what it says when it goes off. */
export function alarmsSection(stacks: Record<string, Configuration>): string {
  const graph = new ResourceGraph(...Object.values(stacks));
  const alarms = graph.all('aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm');
  const rows = alarms.map(({ values }) => [code(values.alarm_name), String(values.alarm_description ?? '')]);
  return table(['alarm', 'what it tells'], rows);
}
