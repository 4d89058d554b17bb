import { CPU_UNITS_PER_VCPU, type TaskSize } from './instance-capacity.ts';

/** The memory that the worker itself needs beside its image processes, in MiB. */
export const WORKER_OWN_MIB = 300;
/** The memory that an image process needs for the largest image accepted, in MiB: the default of PROCESS_MEMORY_MIB. */
const PROCESS_MIB = 1536;

export interface WorkerLoad {
  /** The number of images processed at once. */
  processes: number;
  /** The memory of each process. */
  memoryMib: number;
  /** The number of messages held at once: while some wait for bytes or an answer, the others keep the processes busy. */
  concurrency: number;
}

/** How much a worker does at once so that it fits a task of this size: one image process per vCPU, fewer if memory is short. */
export function workerLoadOf({ cpu, memory }: TaskSize): WorkerLoad {
  const free = memory - WORKER_OWN_MIB;
  const processes = Math.min(64, Math.max(1, Math.floor(cpu / CPU_UNITS_PER_VCPU)), Math.floor(free / PROCESS_MIB));
  if (processes < 1) {
    const least = PROCESS_MIB + WORKER_OWN_MIB;
    throw new Error(`A worker's task needs at least ${least} MiB for one image process; its settings give ${memory}.`);
  }
  return { processes, memoryMib: Math.floor(free / processes), concurrency: Math.min(64, processes + 2) };
}
