import { backlogRule, FIRST_TASK } from '../../../stacks/compute/backlog-rule.ts';
import { CPU_UNITS_PER_VCPU, tasksPerInstance } from '../../../stacks/compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../../stacks/compute/instance-types.ts';
import { managedScalingOf } from '../../../stacks/compute/managed-scaling.ts';
import { workerLoadOf } from '../../../stacks/compute/worker-load.ts';
import type { EnvironmentSettings, WorkerSettings } from '../../../stacks/environments/settings.ts';
import { CommandError } from '../../command-line.ts';
import { AWS_TIMING } from './aws-timing.ts';
import { type MessageLoad, meanVcpuSeconds } from './message-load.ts';
import type { FleetSettings, SimulationSettings, SpotPool } from './simulation-settings.ts';

/** The prices that the simulation needs of a price book, in US dollars an hour. */
export interface InstancePrices {
  instance(type: string): { onDemand: number; spot: number; interruptionBand: number };
}

export interface EnvironmentSimulation {
  settings: Pick<EnvironmentSettings, 'workers' | 'network'>;
  prices: InstancePrices;
  load: MessageLoad;
  seed: number;
  hours: number;
  /** Spot instances that are interrupted in an hour, as a share. */
  interruptionsPerHour: number;
}

/** Messages a second above which the simulation's clock has ten ticks a second, because a finer one would take minutes. */
export const MANY_MESSAGES_PER_SECOND = 2000;

const vcpusOf = ({ cpu }: Pick<WorkerSettings, 'cpu'>): number => cpu / CPU_UNITS_PER_VCPU;

/** The tasks that work as fast as messages arrive, and a tenth more. */
export const tasksFor = (load: MessageLoad, workers: Pick<WorkerSettings, 'cpu'>): number =>
  Math.ceil(((load.messagesPerSecond * meanVcpuSeconds(load)) / vcpusOf(workers)) * 1.1);

/** The settings of an environment's workers for the simulation, at a constant load with as many tasks as it needs. */
export function simulationOf(input: EnvironmentSimulation): SimulationSettings {
  const { settings, load, seed, hours, interruptionsPerHour } = input;
  const { workers } = settings;
  const { processes, concurrency } = workerLoadOf(workers);
  const { minTasks, maxTasks } = workers;
  // The processes of a task share its vCPUs.
  const secondsOf = (vcpuSeconds: number): number => (vcpuSeconds * processes) / vcpusOf(workers);
  const kinds = load.kinds.map(({ share, vcpuSeconds }) => ({ share, seconds: secondsOf(vcpuSeconds) }));
  return {
    seed,
    hours,
    ticksPerSecond: load.messagesPerSecond > MANY_MESSAGES_PER_SECOND ? 10 : 100,
    arrivals: () => load.messagesPerSecond,
    worker: { processes, concurrency, kinds, shape: 1 },
    scaling: { rule: backlogRule(workers), minTasks, maxTasks, firstTask: minTasks === 0 ? FIRST_TASK : undefined },
    fleet: fleetOf(input),
    spot: { interruptionsPerHour, droughts: [] },
    tasksAtStart: Math.min(maxTasks, Math.max(minTasks, tasksFor(load, workers))),
    timing: AWS_TIMING,
  };
}

function fleetOf({ settings, prices }: EnvironmentSimulation): FleetSettings {
  const { workers, network } = settings;
  const { instanceTypes, onDemandBase, onDemandPercent, maxInstances } = workers;
  return {
    tasksPerInstance: Math.min(...instanceTypes.map((name) => tasksOn(name, workers))),
    maxInstances,
    onDemandBase,
    onDemandPercent,
    onDemandUsdPerHour: Math.min(...instanceTypes.map((name) => prices.instance(name).onDemand)),
    pools: poolsOf(instanceTypes, network.zones, prices),
    managed: managedScalingOf(workers),
  };
}

function tasksOn(name: string, workers: WorkerSettings): number {
  const type = INSTANCE_TYPES[name];
  const tasks = type ? tasksPerInstance(type, workers, 'bridge') : 0;
  if (tasks > 0) return tasks;
  throw new CommandError(
    `No task of ${workers.cpu} CPU units and ${workers.memory} MiB fits ${name}: correct workers.instanceTypes, cpu or memory.`,
  );
}

/** As `price-capacity-optimized` takes them: the types least likely to be interrupted first, of those the cheapest, in all zones evenly. */
const poolsOf = (types: readonly string[], zones: readonly string[], prices: InstancePrices): SpotPool[][] =>
  types
    .map((type) => ({ type, ...prices.instance(type) }))
    .sort((a, b) => a.interruptionBand - b.interruptionBand || a.spot - b.spot)
    .map(({ type, spot }) => zones.map((zone) => ({ name: `${type} in ${zone}`, usdPerHour: spot })));
