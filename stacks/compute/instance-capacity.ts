import type { InstanceType } from './instance-types.ts';

/** Memory reserved for the ECS agent, Docker and the system (`ECS_RESERVED_MEMORY`). */
export const RESERVED_MEMORY_MIB = 256;

/**
 * The largest share of an instance's memory that kernel and firmware keep, so that it registers with less than it is sold with:
 * karpenter's `vm-memory-overhead-percent`, https://karpenter.sh/docs/reference/settings/.
 */
const HIDDEN_MEMORY = 0.075;

/** The default volume size of the AMI, with room for container images and logs. */
export const SYSTEM_DISK_GIB = 30;

export const CPU_UNITS_PER_VCPU = 1024;

export interface TaskSize {
  /** CPU units. */
  cpu: number;
  /** MiB. */
  memory: number;
}

/** The memory of an instance that tasks can use together, in MiB. It is estimated low, because otherwise a task might never be placed. */
export const memoryForTasks = ({ memoryMib }: Pick<InstanceType, 'memoryMib'>): number =>
  Math.floor(memoryMib * (1 - HIDDEN_MEMORY)) - RESERVED_MEMORY_MIB;

/** The number of tasks of one size that fit an instance; 0 if ECS would never place one. */
export function tasksPerInstance(type: InstanceType, task: TaskSize, networkMode: 'awsvpc' | 'bridge'): number {
  const byCpu = Math.floor((type.vCpu * CPU_UNITS_PER_VCPU) / task.cpu);
  const byMemory = Math.floor(memoryForTasks(type) / task.memory);
  const byInterfaces = networkMode === 'awsvpc' ? type.networkInterfaces - 1 : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(byCpu, byMemory, byInterfaces));
}
