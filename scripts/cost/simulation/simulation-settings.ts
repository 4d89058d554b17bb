import type { BacklogRule, FirstTask } from '../../../stacks/compute/backlog-rule.ts';
import type { ManagedScaling } from '../../../stacks/compute/managed-scaling.ts';
import type { ArrivalRate } from './arrivals.ts';
import type { AwsTiming } from './aws-timing.ts';
import type { MessageKind } from './service-times.ts';
import type { TicksPerSecond } from './ticks.ts';

/** A pool of spot capacity: one instance type in one zone. */
export interface SpotPool {
  name: string;
  usdPerHour: number;
}

/** A time without capacity: what runs there is interrupted, and nothing can be launched. */
export interface Drought {
  fromSecond: number;
  toSecond: number;
  /** The index of a pool, or all of them. */
  pool: number | 'all';
}

interface WorkerTaskSettings {
  /** Messages worked on at once, and those held at once. */
  processes: number;
  concurrency: number;
  kinds: readonly MessageKind[];
  /** How different messages of a kind are: see `serviceTimes`. */
  shape: number;
}

export interface FleetSettings {
  tasksPerInstance: number;
  maxInstances: number;
  onDemandBase: number;
  /** The percentage of instances above the base that is on demand. */
  onDemandPercent: number;
  onDemandUsdPerHour: number;
  /** The best first: the group uses the next only if one is dry. Pools of the same rank are used evenly. */
  pools: readonly (readonly SpotPool[])[];
  managed: ManagedScaling;
}

export interface ScalingSettings {
  rule: BacklogRule;
  minTasks: number;
  maxTasks: number;
  /** The policy that starts the first task; only a service that may have none has it. */
  firstTask: FirstTask | undefined;
}

interface SpotSettings {
  /** The share of spot instances that is interrupted in an hour. */
  interruptionsPerHour: number;
  droughts: readonly Drought[];
}

export interface SimulationSettings {
  seed: number;
  hours: number;
  ticksPerSecond: TicksPerSecond;
  arrivals: ArrivalRate;
  worker: WorkerTaskSettings;
  scaling: ScalingSettings;
  fleet: FleetSettings;
  spot: SpotSettings;
  /** Tasks that run when the simulation begins. */
  tasksAtStart: number;
  timing: AwsTiming;
}
