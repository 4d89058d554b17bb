import type { EnvironmentSettings, WorkerSettings } from '../../../stacks/environments/settings.ts';
import { type InstancePrices, MANY_MESSAGES_PER_SECOND, simulationOf, tasksFor } from './environment-simulation.ts';
import type { MessageLoad } from './message-load.ts';
import { RULE_VARIANTS } from './rule-variants.ts';
import { AS_SET, PURCHASES, SCENARIO_HOURS, SCENARIOS, type Scenario, withScenario } from './scenarios.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import type { SimulationSettings } from './simulation-settings.ts';

export interface SpotTableInput {
  settings: EnvironmentSettings;
  /** The name of a workload, and the messages of its busiest hour. */
  workload: string;
  load: MessageLoad;
  prices: InstancePrices;
  /** Any integer; the same one gives the same table. */
  seed: number;
}

export interface SpotRow {
  scenario: string;
  /** The instances on demand, or the variant of the scaling rule. */
  variant: string;
  result: SimulationResult;
  /** Tasks that run in the first minute, and the fewest and most of any. */
  tasks: { first: number; least: number; most: number };
  /** US dollars for the same hours of instances, all on demand. */
  onDemandUsd: number;
}

/** What is simulated: an environment's workers with the busiest hour of a workload. */
export interface SpotSetup {
  environment: string;
  workload: string;
  seed: number;
  hours: number;
  messagesPerSecond: number;
  /** The settings that were raised because the workload needs more than they allow. */
  raised: Partial<Pick<WorkerSettings, 'maxTasks' | 'maxInstances'>>;
  maxTasks: number;
  /** US dollars an hour of the cheapest instance on demand, and of the best pool of spot. */
  usdPerHour: { onDemand: number; spot: number };
}

/** What the simulation shows. */
export interface SpotTable extends SpotSetup {
  /** Every scenario with every share on demand. */
  rows: readonly SpotRow[];
  /** The usual interruptions with every variant of the scaling rule. */
  rules: readonly SpotRow[];
}

/** Room for half as many tasks again as the load needs, where the settings allow fewer. */
export function raisedFor(load: MessageLoad, workers: WorkerSettings): SpotSetup['raised'] {
  const needed = Math.ceil(tasksFor(load, workers) * 1.5);
  return needed > workers.maxTasks ? { maxTasks: needed, maxInstances: Math.max(needed, workers.maxInstances) } : {};
}

/** The input with settings that allow what the load needs. */
function withRoom(input: SpotTableInput): SpotTableInput {
  const { settings, load } = input;
  return {
    ...input,
    settings: { ...settings, workers: { ...settings.workers, ...raisedFor(load, settings.workers) } },
  };
}

export function spotSetup(input: SpotTableInput): SpotSetup {
  const { workload, load, seed, settings } = input;
  const { scaling, fleet } = scenarioOf(withRoom(input), SCENARIOS[0] as Scenario);
  return {
    ...{ environment: settings.name, workload, seed, hours: SCENARIO_HOURS },
    messagesPerSecond: load.messagesPerSecond,
    raised: raisedFor(load, settings.workers),
    maxTasks: scaling.maxTasks,
    usdPerHour: { onDemand: fleet.onDemandUsdPerHour, spot: fleet.pools[0]?.[0]?.usdPerHour ?? 0 },
  };
}

/** Simulates every scenario with every share on demand, and every variant of the rule; less of it for very many messages. */
export function spotTable(input: SpotTableInput): SpotTable {
  const enough = withRoom(input);
  const rows = SCENARIOS.flatMap((scenario) => purchaseRows(enough, scenario));
  const rules = SCENARIOS.filter(({ isUsual }) => isUsual).flatMap((scenario) => ruleRows(enough, scenario, rows));
  return { ...spotSetup(input), rows, rules };
}

/** Whether a row takes seconds to compute. */
const isSlow = ({ load }: SpotTableInput): boolean => load.messagesPerSecond > MANY_MESSAGES_PER_SECOND;

function purchaseRows(input: SpotTableInput, scenario: Scenario): SpotRow[] {
  const { settings } = input;
  const isEach = !isSlow(input) || scenario.comparesPurchases;
  return PURCHASES.filter(({ isAsSet }) => isAsSet || isEach).map(({ title, change }) => {
    const changed = { ...settings, workers: { ...settings.workers, ...change } };
    return rowOf(scenarioOf({ ...input, settings: changed }, scenario), scenario.title, title);
  });
}

/** The rule as it is, which has been simulated before, and its variants. */
function ruleRows(input: SpotTableInput, scenario: Scenario, rows: readonly SpotRow[]): SpotRow[] {
  const asItIs = rows.filter((row) => row.scenario === scenario.title && row.variant === AS_SET);
  return [
    ...asItIs.map((row) => ({ ...row, variant: 'as it is' })),
    ...RULE_VARIANTS.filter(({ isForMany }) => isForMany || !isSlow(input)).map(({ title, change }) =>
      rowOf(change(scenarioOf(input, scenario)), scenario.title, title),
    ),
  ];
}

function scenarioOf({ settings, load, prices, seed }: SpotTableInput, scenario: Scenario): SimulationSettings {
  const { interruptionsPerHour, fromZero } = scenario;
  const workers = fromZero ? { ...settings.workers, minTasks: 0 } : settings.workers;
  const run = { load, seed, hours: SCENARIO_HOURS, interruptionsPerHour };
  return withScenario(simulationOf({ settings: { ...settings, workers }, prices, ...run }), scenario);
}

function rowOf(settings: SimulationSettings, scenario: string, variant: string): SpotRow {
  const result = simulate(settings);
  const { spot, onDemand } = result.instanceHours;
  const [least, most] = [Math.min(...result.tasks), Math.max(...result.tasks)];
  const tasks = { first: result.tasks[0] ?? 0, least, most };
  return { scenario, variant, result, tasks, onDemandUsd: (spot + onDemand) * settings.fleet.onDemandUsdPerHour };
}
