import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Instance, InstanceGroup } from './instance-group.ts';
import type { Random } from './random-streams.ts';
import type { MessageInWork, RunningTask, TaskProcesses, WorkParts } from './task-processes.ts';
import { toSeconds, toTicks } from './ticks.ts';

interface PlacedTask {
  readonly instance: Instance;
  /** The second in which it takes its first message. */
  readonly starts: number;
  /** Undefined until then. */
  running: RunningTask | undefined;
}

/** A task that takes no messages any more, with those that it still has in work. */
interface StoppingTask {
  readonly instance: Instance;
  readonly isRunning: boolean;
  /** The second in which it was told to stop. */
  readonly stopped: number;
  inWork: readonly MessageInWork[];
}

/** The service that keeps the wanted number of tasks on the group's instances. */
export interface WorkerService {
  readonly group: InstanceGroup;
  readonly processes: TaskProcesses;
  readonly queue: WorkParts['queue'];
  readonly waits: WorkParts['waits'];
  readonly random: Random;
  desired: number;
  /** The tasks that it keeps, the oldest first, and those that stop. */
  tasks: PlacedTask[];
  stopping: StoppingTask[];
  /** How many of `tasks` have not started. */
  starting: number;
  /** Messages that tasks finished after they were told to stop. */
  doneWhileStopping: number;
  /** Seconds of work that was done in vain. */
  lostSeconds: number;
}

export const createWorkerService = (
  group: InstanceGroup,
  processes: TaskProcesses,
  { queue, waits, random }: Pick<WorkParts, 'queue' | 'waits' | 'random'>,
): WorkerService => ({
  ...{ group, processes, queue, waits, random },
  ...{ desired: 0, tasks: [], stopping: [], starting: 0, doneWhileStopping: 0, lostSeconds: 0 },
});

/** The tasks that run, also those that drain. */
export const runningTasks = ({ tasks, starting, stopping }: WorkerService): number =>
  tasks.length - starting + stopping.filter(({ isRunning }) => isRunning).length;

/** The tasks that no instance has room for. */
export const unplacedTasks = ({ desired, tasks }: WorkerService): number => Math.max(0, desired - tasks.length);

/** Messages that are done or in work. */
export function messagesOf({ processes, stopping, doneWhileStopping }: WorkerService): {
  done: number;
  inWork: number;
} {
  const held = stopping.reduce((sum, { inWork }) => sum + inWork.length, 0);
  return { done: processes.done() + doneWhileStopping, inWork: processes.inWork() + held };
}

const tickOf = ({ group }: WorkerService, second: number): number => toTicks(second, group.settings.ticksPerSecond);

/** Places, starts, stops and ends tasks as a second begins. */
export function advanceService(service: WorkerService, second: number): void {
  startDue(service, second);
  settle(service, second);
  endDrained(service, second);
  stopTasks(service, service.tasks.splice(service.desired), second);
  if (service.tasks.length < service.desired) place(service, second);
}

/** Starts the tasks whose time has come, which are among the newest. */
function startDue(service: WorkerService, second: number): void {
  let left = service.starting;
  for (let index = service.tasks.length - 1; left > 0; index -= 1) {
    const placed = service.tasks[index] as PlacedTask;
    if (placed.running) continue;
    left -= 1;
    if (placed.starts > second) continue;
    placed.instance.hasImage = true;
    placed.running = service.processes.start(service.group.settings.worker.processes);
    service.starting -= 1;
  }
}

/** Tasks that stop take nothing more and finish what they have. */
function stopTasks(service: WorkerService, stopped: readonly PlacedTask[], second: number): void {
  for (const { instance, running } of stopped) {
    if (!running) service.starting -= 1;
    const inWork = running ? service.processes.stop(running) : [];
    service.stopping.push({ instance, isRunning: running !== undefined, stopped: second, inWork });
  }
}

/** Counts what tasks that stop have finished before a second. */
export function settle(service: WorkerService, second: number): void {
  const tick = tickOf(service, second);
  for (const task of service.stopping) {
    const left = task.inWork.filter(({ ends }) => ends >= tick);
    service.doneWhileStopping += task.inWork.length - left.length;
    task.inWork = left;
  }
}

/** Ends tasks that have finished, and those that drain too long: their messages are visible at once. */
function endDrained(service: WorkerService, second: number): void {
  if (service.stopping.length === 0) return;
  const isOver = ({ inWork, stopped }: StoppingTask): boolean =>
    inWork.length === 0 || second >= stopped + QUEUE_TIMING.drainSeconds;
  endTasks(service, service.stopping.filter(isOver), { second, hiddenSeconds: () => 0 });
}

/** Ends tasks that stop. What they have in work is visible again after a time, and its work is lost. */
function endTasks(
  service: WorkerService,
  ends: readonly StoppingTask[],
  { second, hiddenSeconds }: { second: number; hiddenSeconds: () => number },
): void {
  if (ends.length === 0) return;
  const tick = tickOf(service, second);
  const { ticksPerSecond } = service.group.settings;
  for (const { instance, inWork } of ends) {
    instance.tasks -= 1;
    for (const { arrived, began } of inWork) {
      // It waits again, until the work begins that finishes it.
      service.waits.add(began - arrived, -1);
      service.queue.putBack(arrived, tick + toTicks(hiddenSeconds(), ticksPerSecond));
      service.lostSeconds += toSeconds(tick - began, ticksPerSecond);
    }
  }
  const gone = new Set(ends);
  service.stopping = service.stopping.filter((task) => !gone.has(task));
}

/** Fills the fullest instances first. */
function place(service: WorkerService, second: number): void {
  const { tasksPerInstance } = service.group.settings.fleet;
  const { firstTaskSeconds, taskSeconds } = service.group.settings.timing;
  const withRoom = service.group.instances
    .filter(({ ready, tasks, noticed }) => tasks < tasksPerInstance && ready <= second && noticed === undefined)
    .sort((a, b) => b.tasks - a.tasks);
  for (const instance of withRoom)
    while (instance.tasks < tasksPerInstance && unplacedTasks(service) > 0) {
      const starts = second + (instance.hasImage ? taskSeconds : firstTaskSeconds);
      instance.tasks += 1;
      service.tasks.push({ instance, starts, running: undefined });
      service.starting += 1;
    }
}

/** Takes the tasks on some instances out of those that the service keeps. */
function takeOut(service: WorkerService, instances: readonly Instance[]): PlacedTask[] {
  const wanted = new Set(instances);
  const found = service.tasks.filter(({ instance }) => wanted.has(instance));
  if (found.length > 0) service.tasks = service.tasks.filter(({ instance }) => !wanted.has(instance));
  return found;
}

/** Drains what is on instances that have notice. */
export function drainTasks(service: WorkerService, instances: readonly Instance[], second: number): void {
  if (instances.length > 0) stopTasks(service, takeOut(service, instances), second);
}

/**
 * Ends what is on instances that are gone without notice. Their messages become visible when the lease ends that was renewed at most a heartbeat
 * ago, also those that were held beside the ones in work.
 */
export function loseTasks(service: WorkerService, instances: readonly Instance[], second: number): void {
  if (instances.length === 0) return;
  const { visibilityTimeoutSeconds, heartbeatSeconds } = QUEUE_TIMING;
  const { worker, ticksPerSecond } = service.group.settings;
  const hiddenSeconds = (): number => visibilityTimeoutSeconds - service.random() * heartbeatSeconds;
  const lost = takeOut(service, instances);
  const tick = tickOf(service, second);
  for (const { running } of lost)
    for (let held = worker.processes; running && held < worker.concurrency; held += 1) {
      const arrived = service.queue.take();
      if (arrived !== undefined) service.queue.putBack(arrived, tick + toTicks(hiddenSeconds(), ticksPerSecond));
    }
  stopTasks(service, lost, second);
  settle(service, second);
  const gone = new Set(instances);
  endTasks(
    service,
    service.stopping.filter(({ instance }) => gone.has(instance)),
    { second, hiddenSeconds },
  );
}
