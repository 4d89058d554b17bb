import type { InstanceType } from './instance-types.ts';

/** Kept from tasks for the ECS agent, Docker and the system (`ECS_RESERVED_MEMORY`). */
export const RESERVED_MEMORY_MIB = 256;

/**
 * What kernel and firmware keep of an instance's memory at most, so that it never registers with what it is sold with:
 * karpenter's `vm-memory-overhead-percent`, https://karpenter.sh/docs/reference/settings/.
 */
const HIDDEN_MEMORY = 0.075;

/** The AMI's own size of a volume, with room for the images and the logs of containers. */
export const SYSTEM_DISK_GIB = 30;

export const CPU_UNITS_PER_VCPU = 1024;

export interface TaskSize {
  /** CPU units. */
  cpu: number;
  /** MiB. */
  memory: number;
}

/** Memory of an instance that tasks may take together, MiB: rather too little than a task that is never placed. */
export const memoryForTasks = ({ memoryMib }: Pick<InstanceType, 'memoryMib'>): number =>
  Math.floor(memoryMib * (1 - HIDDEN_MEMORY)) - RESERVED_MEMORY_MIB;

/** Tasks of one size that an instance holds; 0 where ECS would never place one. */
export function tasksPerInstance(type: InstanceType, task: TaskSize, networkMode: 'awsvpc' | 'bridge'): number {
  const byCpu = Math.floor((type.vCpu * CPU_UNITS_PER_VCPU) / task.cpu);
  const byMemory = Math.floor(memoryForTasks(type) / task.memory);
  const byInterfaces = networkMode === 'awsvpc' ? type.networkInterfaces - 1 : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(byCpu, byMemory, byInterfaces));
}
