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

/** What the simulation of an environment's workers shows of the busiest hour of a workload. */
export interface SpotTable {
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
  /** Every scenario with every share on demand. */
  rows: readonly SpotRow[];
  /** The usual interruptions with every variant of the scaling rule. */
  rules: readonly SpotRow[];
}

/** Room for half as many tasks again as the load needs, where the settings allow fewer. */
export function raisedFor(load: MessageLoad, workers: WorkerSettings): SpotTable['raised'] {
  const needed = Math.ceil(tasksFor(load, workers) * 1.5);
  return needed > workers.maxTasks ? { maxTasks: needed, maxInstances: Math.max(needed, workers.maxInstances) } : {};
}

/** Simulates every scenario with every share on demand, and every variant of the rule; less of it for very many messages. */
export function spotTable(input: SpotTableInput): SpotTable {
  const { workload, load, seed } = input;
  const { messagesPerSecond } = load;
  const raised = raisedFor(load, input.settings.workers);
  const settings = { ...input.settings, workers: { ...input.settings.workers, ...raised } };
  const enough = { ...input, settings };
  const { fleet } = scenarioOf(enough, SCENARIOS[0] as Scenario);
  const rows = SCENARIOS.flatMap((scenario) => purchaseRows(enough, scenario));
  return {
    ...{ environment: settings.name, workload, seed, hours: SCENARIO_HOURS, messagesPerSecond, raised, rows },
    maxTasks: settings.workers.maxTasks,
    usdPerHour: { onDemand: fleet.onDemandUsdPerHour, spot: fleet.pools[0]?.[0]?.usdPerHour ?? 0 },
    rules: SCENARIOS.filter(({ isUsual }) => isUsual).flatMap((scenario) => ruleRows(enough, scenario, rows)),
  };
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
