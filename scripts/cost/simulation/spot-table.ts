import type { EnvironmentSettings, WorkerSettings } from '../../../stacks/environments/settings.ts';
import { peakImagesPerSecond, type Workload } from '../workloads/workload.ts';
import { type InstancePrices, simulationOf, tasksFor } from './environment-simulation.ts';
import { RULE_VARIANTS } from './rule-variants.ts';
import { PURCHASES, type Purchase, SCENARIO_HOURS, SCENARIOS, type Scenario, withScenario } from './scenarios.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import type { SimulationSettings } from './simulation-settings.ts';

export interface SpotTableInput {
  settings: EnvironmentSettings;
  workload: Workload;
  prices: InstancePrices;
  /** Any integer; the same one gives the same table. */
  seed: number;
}

export interface SpotRow {
  scenario: string;
  /** The instances on demand, or the variant of the scaling rule. */
  variant: string;
  result: SimulationResult;
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
  /** Every scenario with every share on demand. */
  rows: readonly SpotRow[];
  /** The usual interruptions with every variant of the scaling rule. */
  rules: readonly SpotRow[];
}

/** Messages a second in the busiest hour: one for each upload, and one for each rendition that is asked for later. */
const messagesPerSecondOf = (workload: Workload): number =>
  peakImagesPerSecond(workload) * (1 + workload.laterRenditionsPerImage);

/** Room for half as many tasks again as the load needs, where the settings allow fewer. */
export function raisedFor(messagesPerSecond: number, workers: WorkerSettings): SpotTable['raised'] {
  const needed = Math.ceil(tasksFor(messagesPerSecond, workers) * 1.5);
  return needed > workers.maxTasks ? { maxTasks: needed, maxInstances: Math.max(needed, workers.maxInstances) } : {};
}

/** Simulates every scenario with every share on demand, and every variant of the rule. */
export function spotTable(input: SpotTableInput): SpotTable {
  const { settings, workload, seed } = input;
  const messagesPerSecond = messagesPerSecondOf(workload);
  const raised = raisedFor(messagesPerSecond, settings.workers);
  const simulationFor = (scenario: Scenario, change: Purchase['change'] = {}): SimulationSettings =>
    scenarioOf(
      { ...input, settings: { ...settings, workers: { ...settings.workers, ...raised, ...change } } },
      scenario,
    );
  return {
    environment: settings.name,
    workload: workload.name,
    seed,
    hours: SCENARIO_HOURS,
    messagesPerSecond,
    raised,
    rows: SCENARIOS.flatMap((scenario) =>
      PURCHASES.map(({ title, change }) => rowOf(simulationFor(scenario, change), scenario.title, title)),
    ),
    rules: SCENARIOS.filter(({ isUsual }) => isUsual).flatMap((scenario) =>
      RULE_VARIANTS.map(({ title, change }) => rowOf(change(simulationFor(scenario)), scenario.title, title)),
    ),
  };
}

function scenarioOf({ settings, workload, prices, seed }: SpotTableInput, scenario: Scenario): SimulationSettings {
  const { interruptionsPerHour, fromZero } = scenario;
  const workers = fromZero ? { ...settings.workers, minTasks: 0 } : settings.workers;
  const messagesPerSecond = messagesPerSecondOf(workload);
  const load = { messagesPerSecond, seed, hours: SCENARIO_HOURS, interruptionsPerHour };
  return withScenario(simulationOf({ settings: { ...settings, workers }, prices, ...load }), scenario);
}

function rowOf(settings: SimulationSettings, scenario: string, variant: string): SpotRow {
  const result = simulate(settings);
  const { spot, onDemand } = result.instanceHours;
  return { scenario, variant, result, onDemandUsd: (spot + onDemand) * settings.fleet.onDemandUsdPerHour };
}
