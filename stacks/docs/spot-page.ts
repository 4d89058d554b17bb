import { readFileSync } from 'node:fs';
import { HOURS_A_MONTH } from '../../scripts/cost/model/month.ts';
import { dollars, duration, number } from '../../scripts/cost/simulation/figures.ts';
import { lessonsOf } from '../../scripts/cost/simulation/spot-lessons.ts';
import { spotTableOf } from '../../scripts/cost/simulation/spot-output.ts';
import type { SpotRow, SpotTable } from '../../scripts/cost/simulation/spot-table.ts';
import { METHOD, rate, spotSubject } from '../../scripts/cost/simulation/spot-text.ts';
import { WORKLOADS } from '../../scripts/cost/workloads/all-workloads.ts';
import type { Workload } from '../../scripts/cost/workloads/workload.ts';
import { code, table } from '../../scripts/docs/markdown.ts';
import { environmentIn, type Stack } from '../../scripts/target-stack/synthesised-environment.ts';
import { prod } from '../environments/prod.ts';
import { readPriceBook } from '../prices/price-book.ts';
import { MONTH, type Stacks } from './monthly-cost.ts';

export const SEED = 1;

/** The simulations of the page, which take a minute: `npm run docs:infra -- --simulate` saves them here. */
export const SIMULATIONS = new URL('spot-simulations.json', import.meta.url);

export const readSimulations = (): SpotTable[] => JSON.parse(readFileSync(SIMULATIONS, 'utf8'));

/** What is simulated of production's workers with a workload. */
export const simulationInput = (stacks: Stacks, workload: Workload) => ({
  environment: environmentIn(stacks as Record<string, Stack>, { folder: 'in memory', environment: prod.name }),
  workload,
  book: readPriceBook(prod.region),
  month: MONTH,
});

/** Simulates production's workers with every workload. */
export const simulateAll = (stacks: Stacks): SpotTable[] =>
  Object.values(WORKLOADS).map((workload) => saved(spotTableOf(simulationInput(stacks, workload), SEED)));

/** A table without the number of tasks in every minute, which the page does not show. */
export function saved(spot: SpotTable): SpotTable {
  const short = (rows: readonly SpotRow[]) => rows.map((row) => ({ ...row, result: { ...row.result, tasks: [] } }));
  return { ...spot, rows: short(spot.rows), rules: short(spot.rules) };
}

const HEADER = [
  'what happens',
  'half waits at most',
  '99 % at most',
  'longest wait',
  'interrupted',
  'lost work',
  'cost',
  'all on demand',
  'none on demand',
  'half on demand',
];

/** The longest wait and the cost of a row with another share on demand. */
const otherShare = (row: SpotRow | undefined): string =>
  row ? `${duration(row.result.waits.max)}, ${dollars(row.result.usd)}` : '';

function cellsOf({ result, onDemandUsd }: SpotRow): string[] {
  const { waits, interruptions, lostSeconds, usd } = result;
  return [
    ...[waits.p50, waits.p99, waits.max].map(duration),
    ...[number(interruptions), duration(lostSeconds), dollars(usd), dollars(onDemandUsd)],
  ];
}

function scenarioTable({ rows, rules }: SpotTable): string {
  const share = (row: SpotRow, variant: string) =>
    otherShare(rows.find((other) => other.scenario === row.scenario && other.variant === variant));
  const scenarios = rows
    .filter(({ variant }) => variant === 'as set')
    .map((row) => [row.scenario, ...cellsOf(row), share(row, 'none'), share(row, '50 %')]);
  const others = rules.slice(1).map((row) => [`5 % an hour, ${row.variant}`, ...cellsOf(row), '', '']);
  return table(HEADER, [...scenarios, ...others]);
}

function sectionOf(spot: SpotTable): string {
  const lessons = lessonsOf(spot).map((lesson) => `- ${lesson}`);
  return [
    `### With the workload ${spot.workload}`,
    spotSubject(spot),
    scenarioTable(spot),
    'What it teaches:',
    lessons.join('\n'),
  ].join('\n\n');
}

/** Every workload in a row, with the usual interruptions. */
function summary(simulations: readonly SpotTable[]): string {
  const rows = simulations.flatMap(({ workload, messagesPerSecond, rows: all, usdPerHour }) => {
    const usual = all.filter(({ scenario }) => scenario.startsWith('interruptions of 5'));
    const half = usual.find(({ variant }) => variant === '50 %');
    const further = (usdPerHour.onDemand - usdPerHour.spot) * HOURS_A_MONTH;
    return usual
      .filter(({ variant }) => variant === 'as set')
      .map((row) => [
        ...[code(workload), rate(messagesPerSecond), ...cellsOf(row)],
        ...[half ? dollars(half.result.usd) : '', dollars(further)],
      ]);
  });
  const columns = HEADER.slice(1, 8);
  return table(
    ['workload', 'load', ...columns, 'half on demand', 'each further instance on demand, more a month'],
    rows,
  );
}

/** The parts of docs/spot.md that are worked out. */
export const spotSections = (simulations = readSimulations()): Record<string, string> => ({
  summary: summary(simulations),
  simulations: simulations.map(sectionOf).join('\n\n'),
  method: METHOD,
});
