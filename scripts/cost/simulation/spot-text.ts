import { table } from '../../docs/markdown.ts';
import { dollars, duration, number } from './figures.ts';
import { lessonsOf } from './spot-lessons.ts';
import type { SpotRow, SpotTable } from './spot-table.ts';

/** The columns of a table and its rows, as text for any form. */
export interface TextTable {
  header: string[];
  rows: string[][];
}

const HEADER = [
  'half waits at most',
  '99 % at most',
  'longest wait',
  'waiting at the end',
  'interrupted',
  'lost work',
  'spot hours',
  'on-demand hours',
  'cost',
  'all on demand',
];

function cellsOf({ result, onDemandUsd }: SpotRow): string[] {
  const { waits, messages, interruptions, lostSeconds, instanceHours, usd } = result;
  return [
    ...[waits.p50, waits.p99, waits.max].map(duration),
    number(messages.waiting),
    number(interruptions),
    duration(lostSeconds),
    number(instanceHours.spot, 1),
    number(instanceHours.onDemand, 1),
    dollars(usd),
    dollars(onDemandUsd),
  ];
}

export const scenarioTextOf = ({ rows }: SpotTable): TextTable => ({
  header: ['what happens', 'on demand', ...HEADER],
  rows: rows.map((row) => [row.scenario, row.variant, ...cellsOf(row)]),
});

export const ruleTextOf = ({ rules }: SpotTable): TextTable => ({
  header: ['scaling rule', ...HEADER],
  rows: rules.map((row) => [row.variant, ...cellsOf(row)]),
});

/** A rate of messages, in a unit in which it is more than one. */
export function rate(messagesPerSecond: number): string {
  if (messagesPerSecond >= 1) return `${number(messagesPerSecond)} messages a second`;
  return `${number(messagesPerSecond * 3600)} messages an hour`;
}

/** What was simulated, in a sentence. */
export function spotSubject({ environment, workload, messagesPerSecond, hours, seed, raised }: SpotTable): string {
  const limits = Object.entries(raised).map(
    ([setting, value]) => `\`workers.${setting}\` raised to ${number(value ?? 0)}`,
  );
  return [
    `The workers of \`${environment}\` with the busiest hour of the workload \`${workload}\`, ${rate(messagesPerSecond)},`,
    `${hours} hours long, with seed ${seed}${limits.length > 0 ? `; ${limits.join(' and ')}, because it needs more than the settings allow` : ''}.`,
  ].join(' ');
}

/** How the figures come about, for those who are to believe them. */
export const METHOD = [
  'Messages arrive as a Poisson process. They are those of uploads and of renditions that are made later or again, in the shares of the',
  'workload; a process works on one for an exponentially distributed time around the processor seconds of its kind. Everything that happens',
  'to a message happens at a hundredth of a second, and at a tenth above 2,000 messages a second. The number of tasks follows the rule of',
  '`stacks/compute/backlog-rule.ts`, as AWS applies it by its documentation, or by assumptions where it has none',
  '(`scripts/cost/simulation/aws-timing.ts`). Not simulated: the protection of tasks that hold a message, other zones than those of the',
  'settings, retries of failed messages, and volumes and traffic, which cost the same on spot. The wait of a message ends when the work begins',
  'that finishes it; one that still waits at the end counts with what it has waited.',
].join(' ');

/** Tables, their method and their lessons. */
export function markdownOfSimulation(spot: SpotTable): string {
  const [scenarios, rules] = [scenarioTextOf(spot), ruleTextOf(spot)];
  return [
    spotSubject(spot),
    table(scenarios.header, scenarios.rows),
    'The same with other scaling rules, at 5 % an hour:',
    table(rules.header, rules.rows),
    'What it teaches:',
    lessonsOf(spot)
      .map((lesson) => `- ${lesson}`)
      .join('\n'),
    METHOD,
  ].join('\n\n');
}
