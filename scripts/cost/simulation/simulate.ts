import { arrivalsOf } from './arrivals.ts';
import { type CapacityProvider, createCapacityProvider, sizeGroup } from './capacity-provider.ts';
import { createFirstTaskScaling, type FirstTaskScaling, startFirst } from './first-task.ts';
import { createInstanceGroup, endInstances, fillGroup, type InstanceGroup, interrupt } from './instance-group.ts';
import { createMessageQueue } from './message-queue.ts';
import { addSecond, createMetricHistory, type MetricHistory, seenAt } from './metric-history.ts';
import { randomStreams } from './random-streams.ts';
import { longestServiceTicks, serviceTimes } from './service-times.ts';
import type { SimulationSettings } from './simulation-settings.ts';
import { createTargetTracking, type TargetTracking, track } from './target-tracking.ts';
import { createTaskProcesses, type TaskProcesses, type WorkParts } from './task-processes.ts';
import { toTicks } from './ticks.ts';
import { createWaitCounts } from './wait-counts.ts';
import {
  advanceService,
  createWorkerService,
  drainTasks,
  loseTasks,
  messagesOf,
  runningTasks,
  settle,
  unplacedTasks,
  type WorkerService,
} from './worker-service.ts';

export interface SimulationResult {
  seed: number;
  /** Messages: those that arrived are done, waiting, hidden or in work at the end. */
  messages: { arrived: number; done: number; waiting: number; hidden: number; inWork: number };
  /** Seconds from arrival until the work began, of all messages; those that still wait count with what they have waited. */
  waits: { p50: number; p99: number; max: number };
  /** Spot instances that were interrupted, and seconds of work of a process that were lost by it. */
  interruptions: number;
  lostSeconds: number;
  instanceHours: { spot: number; onDemand: number };
  /** US dollars for the instances, in the time simulated. */
  usd: number;
  /** The mean number of running tasks in each minute. */
  tasks: readonly number[];
}

/** The parts of the simulated system. */
interface Simulation {
  settings: SimulationSettings;
  group: InstanceGroup;
  provider: CapacityProvider;
  service: WorkerService;
  history: MetricHistory;
  tracking: TargetTracking;
  firstTask: FirstTaskScaling | undefined;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * Simulates the queue, the workers and their instances. Messages arrive, wait and are worked on by the tick; what scales and what is interrupted
 * changes once a second. Settings with the same seed give the same result. `processesOf` makes the processes; another than the usual follows
 * each of them, which is slow.
 */
export function simulate(
  settings: SimulationSettings,
  processesOf: (parts: WorkParts) => TaskProcesses = createTaskProcesses,
): SimulationResult {
  const { seed, arrivals, hours, ticksPerSecond } = settings;
  const random = randomStreams(seed);
  const seconds = Math.round(hours * HOUR);
  const end = toTicks(seconds, ticksPerSecond);
  const waits = createWaitCounts(end, ticksPerSecond);
  const queue = createMessageQueue(end);
  const service = serviceTimes({ ...settings.worker, ticksPerSecond }, random.services);
  const longest = longestServiceTicks(ticksPerSecond);
  const processes = processesOf({ queue, service, waits, random: random.dealing, longest });
  const group = createInstanceGroup(settings, random.capacity);
  const simulation = assemble(
    settings,
    createWorkerService(group, processes, { queue, waits, random: random.capacity }),
  );
  const arrivalsNow = arrivalsOf(arrivals, ticksPerSecond, random.arrivals);
  let arrived = 0;
  for (let second = 0; second < seconds; second += 1) {
    advanceCapacity(simulation, second);
    for (let tick = second * ticksPerSecond; tick < (second + 1) * ticksPerSecond; tick += 1) {
      const count = arrivalsNow(second);
      arrived += count;
      queue.arrive(tick, count);
      queue.release(tick);
      processes.advance(tick);
    }
    measure(simulation, second);
  }
  settle(simulation.service, seconds);
  const messages = { arrived, ...messagesOf(simulation.service), waiting: queue.visible(), hidden: queue.hidden() };
  queue.forEachLeft((arrival, count) => waits.add(end - arrival, count));
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => waits.quantile(share)) as [number, number, number];
  return { seed, messages, waits: { p50, p99, max }, ...billOf(simulation, seconds) };
}

function assemble(settings: SimulationSettings, service: WorkerService): Simulation {
  const { group } = service;
  const { scaling, timing, tasksAtStart, fleet } = settings;
  service.desired = tasksAtStart;
  group.desired = Math.ceil(tasksAtStart / fleet.tasksPerInstance);
  fillGroup(group, 0);
  // They have started so early that all tasks run when the first message comes.
  for (const instance of group.instances) Object.assign(instance, { ready: -timing.taskSeconds, hasImage: true });
  advanceService(service, -timing.taskSeconds);
  return {
    settings,
    group,
    provider: createCapacityProvider(group),
    service,
    history: createMetricHistory(),
    tracking: createTargetTracking(scaling, timing),
    firstTask: scaling.firstTask && createFirstTaskScaling(scaling.firstTask),
  };
}

function advanceCapacity(simulation: Simulation, second: number): void {
  const { group, service, settings } = simulation;
  const { noticed, ended, killed } = interrupt(group, second);
  drainTasks(service, noticed, second);
  loseTasks(service, [...killed, ...ended], second);
  endInstances(group, [...killed, ...ended], second);
  fillGroup(group, second);
  if (second % MINUTE === 0) service.desired = scale(simulation, second);
  if (second % MINUTE === settings.timing.providerDelaySeconds % MINUTE)
    sizeGroup(simulation.provider, unplacedTasks(service), second);
  advanceService(service, second);
}

/** The number of tasks that the scaling policies want: of two steps out the larger counts. */
function scale({ service, history, tracking, firstTask, settings }: Simulation, second: number): number {
  const { scaling, timing } = settings;
  const seen = seenAt(history, second, timing);
  const values = seen.map((metrics) => scaling.rule.backlogSeconds(metrics));
  const tracked = track(tracking, service.desired, { second, values });
  if (!firstTask || tracked > service.desired) return tracked;
  const stepped = startFirst(firstTask, service.desired, { second, seen });
  return Math.min(scaling.maxTasks, stepped === service.desired ? tracked : stepped);
}

/** Messages that a task holds beside those in work are hidden, as SQS counts. */
function measure({ service, history, settings }: Simulation, second: number): void {
  const { concurrency, processes } = settings.worker;
  const tasks = runningTasks(service);
  addSecond(history, second, {
    visible: Math.max(0, service.queue.visible() - tasks * (concurrency - processes)),
    tasks,
  });
}

function billOf({ group, service, history }: Simulation, seconds: number) {
  const { interruptions } = group;
  endInstances(group, group.instances, seconds);
  const tasks = history.minutes.map((minute) => minute.tasks);
  return { interruptions, lostSeconds: service.lostSeconds, instanceHours: group.hours, usd: group.usd, tasks };
}
