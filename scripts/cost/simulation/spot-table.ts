import type { EnvironmentSettings, WorkerSettings } from '../../../stacks/environments/settings.ts';
import { peakImagesPerSecond, type Workload } from '../workloads/workload.ts';
import { type InstancePrices, simulationOf, tasksFor } from './environment-simulation.ts';
import { RULE_VARIANTS } from './rule-variants.ts';
import { PURCHASES, SCENARIO_HOURS, SCENARIOS, type Scenario, withScenario } from './scenarios.ts';
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
  /** Instances at the beginning, and the most that start at once. */
  instances: number;
  largestStep: number;
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

/**
 * The load above which a scenario takes half a minute of computing: there is only a row of each, with what is on demand as it is set.
 */
const MANY_MESSAGES_PER_SECOND = 2000;

/** Simulates every scenario with every share on demand, and every variant of the rule; less of it for very many messages. */
export function spotTable(input: SpotTableInput): SpotTable {
  const { workload, seed } = input;
  const messagesPerSecond = messagesPerSecondOf(workload);
  const raised = raisedFor(messagesPerSecond, input.settings.workers);
  const settings = { ...input.settings, workers: { ...input.settings.workers, ...raised } };
  const enough = { ...input, settings };
  const { tasksAtStart, fleet } = scenarioOf(enough, SCENARIOS[0] as Scenario);
  const isShort = messagesPerSecond > MANY_MESSAGES_PER_SECOND;
  return {
    ...{ environment: settings.name, workload: workload.name, seed, hours: SCENARIO_HOURS, messagesPerSecond, raised },
    instances: Math.ceil(tasksAtStart / fleet.tasksPerInstance),
    largestStep: fleet.managed.maximumScalingStepSize,
    rows: SCENARIOS.flatMap((scenario) => purchaseRows(enough, scenario, isShort)),
    rules: SCENARIOS.filter(({ isUsual }) => isUsual).flatMap((scenario) => ruleRows(enough, scenario, isShort)),
  };
}

function purchaseRows(input: SpotTableInput, scenario: Scenario, isShort: boolean): SpotRow[] {
  const { settings } = input;
  return PURCHASES.filter(({ isAsSet }) => isAsSet || !isShort).map(({ title, change }) => {
    const changed = { ...settings, workers: { ...settings.workers, ...change } };
    return rowOf(scenarioOf({ ...input, settings: changed }, scenario), scenario.title, title);
  });
}

const ruleRows = (input: SpotTableInput, scenario: Scenario, isShort: boolean): SpotRow[] =>
  RULE_VARIANTS.filter(({ isForMany }) => isForMany || !isShort).map(({ title, change }) =>
    rowOf(change(scenarioOf(input, scenario)), scenario.title, title),
  );

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
