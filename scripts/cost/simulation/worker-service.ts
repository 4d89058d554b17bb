import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Instance, type InstanceGroup, lastingOf } from './instance-group.ts';
import type { Random } from './random-streams.ts';
import { isIdle, killTask, startTask, type Task, type TaskProcesses } from './task-processes.ts';
import { TICKS_PER_SECOND, toTicks } from './ticks.ts';

interface PlacedTask {
  instance: Instance;
  starts: number;
  /** Undefined until it has started. */
  task: Task | undefined;
  /** The second in which it was told to stop. */
  stopped: number | undefined;
}

/** The service that keeps the wanted number of tasks on the group's instances. */
export interface WorkerService {
  readonly group: InstanceGroup;
  readonly processes: TaskProcesses;
  readonly random: Random;
  desired: number;
  tasks: PlacedTask[];
  /** Seconds of work that was done in vain, and the messages it was done for. */
  lostSeconds: number;
}

export const createWorkerService = (group: InstanceGroup, processes: TaskProcesses, random: Random): WorkerService => ({
  group,
  processes,
  random,
  desired: 0,
  tasks: [],
  lostSeconds: 0,
});

const keptOf = ({ tasks }: WorkerService): PlacedTask[] => tasks.filter(({ stopped }) => stopped === undefined);

/** The tasks that run, also those that drain. */
export const runningTasks = ({ tasks }: WorkerService): number => tasks.filter(({ task }) => task).length;

/** The tasks that no instance has room for. */
export const unplacedTasks = (service: WorkerService): number => Math.max(0, service.desired - keptOf(service).length);

/** Places, starts, stops and ends tasks as a second begins. */
export function advanceService(service: WorkerService, second: number): void {
  for (const placed of service.tasks) startDue(service, placed, second);
  endDrained(service, second);
  const kept = keptOf(service);
  for (const placed of kept.slice(service.desired)) stop(placed, second);
  if (kept.length < service.desired) place(service, second);
}

function startDue({ processes, group }: WorkerService, placed: PlacedTask, second: number): void {
  if (placed.task || placed.stopped !== undefined || placed.starts > second) return;
  placed.instance.hasImage = true;
  placed.task = startTask(processes, group.settings.worker.processes);
}

/** A task that stops takes nothing more and finishes what it has. */
function stop(placed: PlacedTask, second: number): void {
  placed.stopped = second;
  if (placed.task) placed.task.takesMessages = false;
}

/** Ends tasks that have finished, and those that drain too long: their messages are visible at once. */
function endDrained(service: WorkerService, second: number): void {
  const ends = service.tasks.filter(
    ({ stopped, task }) =>
      stopped !== undefined && (!task || isIdle(task) || second >= stopped + QUEUE_TIMING.drainSeconds),
  );
  endTasks(service, ends, { second, hiddenSeconds: () => 0 });
}

function endTasks(
  service: WorkerService,
  ends: readonly PlacedTask[],
  { second, hiddenSeconds }: { second: number; hiddenSeconds: () => number },
): void {
  if (ends.length === 0) return;
  const tick = second * TICKS_PER_SECOND;
  const visibleAt = (): number => tick + toTicks(hiddenSeconds());
  for (const { instance, task } of ends) {
    instance.tasks -= 1;
    if (task) service.lostSeconds += killTask(service.processes, task, { tick, visibleAt });
  }
  const gone = new Set(ends);
  service.tasks = service.tasks.filter((placed) => !gone.has(placed));
}

/** Fills the fullest instances first. */
function place(service: WorkerService, second: number): void {
  const { tasksPerInstance } = service.group.settings.fleet;
  const { firstTaskSeconds, taskSeconds } = service.group.settings.timing;
  const withRoom = lastingOf(service.group)
    .filter(({ ready, tasks }) => ready <= second && tasks < tasksPerInstance)
    .sort((a, b) => b.tasks - a.tasks);
  for (const instance of withRoom)
    while (instance.tasks < tasksPerInstance && unplacedTasks(service) > 0) {
      const starts = second + (instance.hasImage ? taskSeconds : firstTaskSeconds);
      instance.tasks += 1;
      service.tasks.push({ instance, starts, task: undefined, stopped: undefined });
    }
}

/** Drains what is on instances that have notice. */
export function drainTasks(service: WorkerService, instances: readonly Instance[], second: number): void {
  const noticed = new Set(instances);
  for (const placed of keptOf(service)) if (noticed.has(placed.instance)) stop(placed, second);
}

/**
 * Ends what is on instances that are gone without notice. Their messages become visible when the lease ends that was renewed at most a heartbeat
 * ago, also those that were held beside the ones in work.
 */
export function loseTasks(service: WorkerService, instances: readonly Instance[], second: number): void {
  const { visibilityTimeoutSeconds, heartbeatSeconds } = QUEUE_TIMING;
  const gone = new Set(instances);
  const lost = service.tasks.filter(({ instance }) => gone.has(instance));
  const hiddenSeconds = (): number => visibilityTimeoutSeconds - service.random() * heartbeatSeconds;
  const { concurrency, processes } = service.group.settings.worker;
  for (const { task } of lost)
    for (let held = processes; task?.takesMessages && held < concurrency; held += 1) {
      const arrived = service.processes.queue.take();
      if (arrived !== undefined)
        service.processes.queue.putBack(arrived, second * TICKS_PER_SECOND + toTicks(hiddenSeconds()));
    }
  endTasks(service, lost, { second, hiddenSeconds });
}
