import { code, table } from './markdown.ts';
import { ResourceGraph } from './resource-graph.ts';
import type { Configuration } from './synthesis.ts';

/** Every alarm, and every notice that goes to the same addresses, by its name, with what it says. */
export function alarmsSection(stacks: Record<string, Configuration>): string {
  const graph = new ResourceGraph(...Object.values(stacks));
  const alarms = graph.all('aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm');
  const mails = graph.all('aws_cloudwatch_event_target').filter(({ values }) => values.input_transformer);
  const notices = graph
    .all('aws_cloudwatch_event_rule')
    .filter(({ address }) => mails.some(({ values }) => String(values.rule).includes(`\${${address}.`)));
  const rows = [
    ...alarms.map(({ values }) => [code(values.alarm_name), String(values.alarm_description ?? '')]),
    ...notices.map(({ values }) => [code(values.name), String(values.description ?? '')]),
  ];
  return table(['alarm or notice', 'what it tells'], rows);
}
