import type { MessageQueue } from './message-queue.ts';
import { LONGEST_SERVICE_TICKS } from './service-times.ts';
import { toSeconds } from './ticks.ts';
import type { WaitCounts } from './wait-counts.ts';

/** A worker's task: some processes that each work on one message at a time. */
export interface Task {
  takesMessages: boolean;
  processes: readonly Process[];
}

interface Process {
  task: Task;
  isBusy: boolean;
  /** The ticks at which its message arrived and its work began. */
  arrived: number;
  began: number;
  /** The next process that finishes in the same tick. */
  next: Process | undefined;
}

/** The processes of all tasks. Each message has a process of its own, from the tick in which it began to the one in which it is done. */
export interface TaskProcesses {
  readonly queue: MessageQueue;
  /** Draws the ticks of the work on a message. */
  readonly service: () => number;
  /** The waits of the messages that are done, until the work began that finished them. */
  readonly waits: WaitCounts;
  readonly idle: Process[];
  /** By tick, modulo its length: the first of the processes that finish then. */
  readonly finishing: (Process | undefined)[];
  inWork: number;
  done: number;
}

/** A power of two, so that a tick finds its place by its lowest bits. */
const RING = 2 ** Math.ceil(Math.log2(LONGEST_SERVICE_TICKS + 1));

export const createTaskProcesses = (queue: MessageQueue, service: () => number, waits: WaitCounts): TaskProcesses => ({
  queue,
  service,
  waits,
  idle: [],
  finishing: new Array(RING).fill(undefined),
  inWork: 0,
  done: 0,
});

export function startTask({ idle }: TaskProcesses, count: number): Task {
  const task: Task = { takesMessages: true, processes: [] };
  task.processes = Array.from({ length: count }, () => ({
    task,
    isBusy: false,
    arrived: 0,
    began: 0,
    next: undefined,
  }));
  idle.push(...task.processes);
  return task;
}

export const isIdle = ({ processes }: Task): boolean => processes.every(({ isBusy }) => !isBusy);

/**
 * Ends a task at a tick. What its processes had is visible again at the tick that `visibleAt` gives. Returns the seconds of work that are lost.
 */
export function killTask(
  all: TaskProcesses,
  task: Task,
  { tick, visibleAt }: { tick: number; visibleAt: () => number },
): number {
  task.takesMessages = false;
  const busy = task.processes.filter(({ isBusy }) => isBusy);
  for (const process of busy) {
    process.isBusy = false;
    all.queue.putBack(process.arrived, visibleAt());
  }
  all.inWork -= busy.length;
  return toSeconds(busy.reduce((sum, { began }) => sum + tick - began, 0));
}

/** Finishes what is done in a tick, and begins what waits. */
export function advanceProcesses(all: TaskProcesses, tick: number): void {
  finish(all, tick);
  while (all.queue.visible() > 0) {
    const process = all.idle.pop();
    if (!process) return;
    // One whose task drains leaves the list here.
    if (process.task.takesMessages) begin(all, process, tick);
  }
}

function finish(all: TaskProcesses, tick: number): void {
  let process = all.finishing[tick % RING];
  all.finishing[tick % RING] = undefined;
  while (process) {
    // A process that was killed is still in the list.
    if (process.isBusy) {
      process.isBusy = false;
      all.waits.add(process.began - process.arrived);
      all.done += 1;
      all.inWork -= 1;
      if (process.task.takesMessages) all.idle.push(process);
    }
    process = process.next;
  }
}

function begin(all: TaskProcesses, process: Process, tick: number): void {
  const at = (tick + all.service()) % RING;
  process.isBusy = true;
  process.arrived = all.queue.take() ?? tick;
  process.began = tick;
  process.next = all.finishing[at];
  all.finishing[at] = process;
  all.inWork += 1;
}

/** Counts the waits of the messages that are still in work. */
export function countWaitsInWork({ finishing, waits }: TaskProcesses): void {
  for (const head of finishing)
    for (let process = head; process; process = process.next)
      if (process.isBusy) waits.add(process.began - process.arrived);
}
