import { table } from '../../docs/markdown.ts';
import type { SpotRow, SpotTable } from './spot-table.ts';

const TENTHS = 10;

/** Seconds as people say them, such as `0.3 s` or `12 min 5 s`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * TENTHS) / TENTHS} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dollars = (value: number): string => `$${number(value, 2)}`;

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
export function spotSubject({ environment, workload, messagesPerSecond, hours, seed, raised }: SpotTable): string {
  const limits = Object.entries(raised).map(([setting, value]) => `workers.${setting} raised to ${number(value ?? 0)}`);
  return [
    `The workers of ${environment} with the busiest hour of the workload ${workload}, ${number(messagesPerSecond)} messages a second,`,
    `${hours} hours long, with seed ${seed}${limits.length > 0 ? `; ${limits.join(' and ')}, because it needs more than the settings allow` : ''}.`,
  ].join(' ');
}

/** The row of a scenario, by the beginning of its title, and of what is on demand. */
function rowOf({ rows }: SpotTable, scenario: string, variant = 'as set'): SpotRow {
  const found = rows.find((row) => row.scenario.startsWith(scenario) && row.variant === variant);
  if (!found) throw new Error(`The table has no row "${scenario}", "${variant}".`);
  return found;
}

const dearer = (row: SpotRow, than: SpotRow): string => {
  const percent = Math.round((row.result.usd / than.result.usd - 1) * 100);
  return percent < 0 ? `${-percent} % less` : `${percent} % more`;
};

/** What the table teaches, in sentences that are computed from its rows. */
export function lessonsOf(spot: SpotTable): string[] {
  const usual = rowOf(spot, 'interruptions of 5');
  const dry = rowOf(spot, 'all pools');
  const half = rowOf(spot, 'all pools', '50 %');
  const { result, onDemandUsd } = usual;
  return [
    `Spot saves ${Math.round((1 - result.usd / onDemandUsd) * 100)} %: with 5 % of the instances interrupted in an hour the fleet costs ${dollars(result.usd)}, and the same hours on demand ${dollars(onDemandUsd)}.`,
    `Interruptions themselves cost little work: of ${number(result.messages.done)} messages, ${duration(result.lostSeconds)} of a process were lost with ${number(result.interruptions)} instances, because a notice comes two minutes before the end and a worker finishes what it has. At 20 % an hour ${duration(rowOf(spot, 'interruptions of 20').result.lostSeconds)} were lost.`,
    `What hurts is that there is no capacity. While all pools are dry for an hour, messages wait up to ${duration(dry.result.waits.max)} with the on-demand base as set, ${duration(rowOf(spot, 'all pools', 'none').result.waits.max)} with none, and ${duration(half.result.waits.max)} with half of the instances on demand, which cost ${dearer(rowOf(spot, 'interruptions of 5', '50 %'), usual)} on every other day. One dry pool costs ${duration(rowOf(spot, 'one pool').result.waits.max)}.`,
    `A burst of 100 times for a minute makes messages wait up to ${duration(rowOf(spot, 'a burst').result.waits.max)}, whatever is on demand: it is over before instances arrive, and how long it takes is decided by workers.maxTasks.`,
    `From zero the first messages wait up to ${duration(rowOf(spot, 'from zero').result.waits.max)} until enough instances have started.`,
    `Waits on a calm day come from the rule, not from spot: it knows only messages that wait, so it removes tasks until some do. In the calm row 1 % of them wait longer than ${duration(rowOf(spot, 'calm').result.waits.p99)}.`,
  ];
}

/** Tables and lessons for a page of the documentation. */
export function markdownOfSimulation(spot: SpotTable): string {
  const [scenarios, rules] = [scenarioTextOf(spot), ruleTextOf(spot)];
  return [
    spotSubject(spot),
    table(scenarios.header, scenarios.rows),
    ...(rules.rows.length > 0
      ? ['The same with other scaling rules, at 5 % an hour:', table(rules.header, rules.rows)]
      : []),
    'What it teaches:',
    lessonsOf(spot)
      .map((lesson) => `- ${lesson}`)
      .join('\n'),
  ].join('\n\n');
}
