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
];

function cellsOf({ result }: SpotRow): string[] {
  const { waits, messages, interruptions, lostSeconds, instanceHours, usd } = result;
  return [
    ...[waits.p50, waits.p99, waits.max].map(duration),
    number(messages.waiting),
    number(interruptions),
    duration(lostSeconds),
    number(instanceHours.spot, 1),
    number(instanceHours.onDemand, 1),
    dollars(usd),
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

/** What was simulated, in a sentence. */
function spotSubject({ environment, workload, messagesPerSecond, hours, seed, raised }: SpotTable): string {
  const limits = Object.entries(raised).map(([setting, value]) => `workers.${setting} raised to ${number(value ?? 0)}`);
  return [
    `The workers of ${environment} with the busiest hour of the workload ${workload}, ${number(messagesPerSecond)} messages a second,`,
    `${hours} hours long, with seed ${seed}${limits.length > 0 ? `; ${limits.join(' and ')}, because it needs more than the settings allow` : ''}.`,
  ].join(' ');
}

/** How the figures come about, for those who are to believe them. */
const METHOD = [
  'Every message is simulated by itself, from its arrival (a Poisson process) to the process that finishes it, to the hundredth of a second;',
  'its work takes an exponentially distributed time around `secondsPerMessage`. The number of tasks follows the rule of',
  '`stacks/compute/backlog-rule.ts`, as AWS applies it by its documentation, or by assumptions where it has none',
  '(`scripts/cost/simulation/aws-timing.ts`). Not simulated: the protection of tasks that hold a message, other zones than those of the',
  'settings, retries of failed messages, and volumes and traffic, which cost the same on spot. The wait of a message ends when the work begins',
  'that finishes it; one that still waits at the end counts with what it has waited.',
].join(' ');

/** Tables, their method and their lessons for a page of the documentation. */
export function markdownOfSimulation(spot: SpotTable): string {
  const [scenarios, rules] = [scenarioTextOf(spot), ruleTextOf(spot)];
  const lessons = lessonsOf(spot).map((lesson) => `- ${lesson}`);
  return [
    spotSubject(spot),
    table(scenarios.header, scenarios.rows),
    ...(rules.rows.length > 0
      ? ['The same with other scaling rules, at 5 % an hour:', table(rules.header, rules.rows)]
      : []),
    ...(lessons.length > 0 ? ['What it teaches:', lessons.join('\n')] : []),
    METHOD,
  ].join('\n\n');
}
