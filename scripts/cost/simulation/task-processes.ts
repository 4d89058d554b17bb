import type { MessageQueue } from './message-queue.ts';
import type { Random } from './random-streams.ts';
import type { ServiceTimes } from './service-times.ts';
import type { WaitCounts } from './wait-counts.ts';

/** A message in work, by the ticks at which it arrived, its work began, and ends. */
export interface MessageInWork {
  readonly arrived: number;
  readonly began: number;
  readonly ends: number;
}

/** The processes of one task that takes messages. */
export interface RunningTask {
  readonly processes: number;
}

/** What the processes of all tasks need. */
export interface WorkParts {
  queue: MessageQueue;
  service: ServiceTimes;
  /** Gets the wait of every message when its work begins. */
  waits: WaitCounts;
  random: Random;
  /** The most ticks of work on a message. */
  longest: number;
}

/** The processes of the tasks that take messages. */
export interface TaskProcesses {
  start(processes: number): RunningTask;
  /** Ends the taking of messages by a task, and returns those that it has in work, which are counted here no longer. */
  stop(task: RunningTask): MessageInWork[];
  /** Finishes what is done in a tick, and begins what waits. */
  advance(tick: number): void;
  inWork(): number;
  done(): number;
}

/** Messages whose work began in the same tick. */
interface Cohort {
  began: number;
  /** How many arrived at which tick. */
  readonly arrivals: { arrived: number; count: number }[];
}

/** Messages of a cohort that end in the same tick. */
interface Ending {
  cohort: Cohort;
  count: number;
}

/**
 * Processes that are numbers, not things: how many are idle, and how many messages end at which tick. Which process has which message is
 * decided only for a task that stops. Until then all ways of dealing the messages out are equally likely, so that its processes are drawn
 * from all as from a hat; that gives the same chances as following each process, and takes a time that hardly grows with their number.
 */
export function createTaskProcesses({ queue, service, waits, random, longest }: WorkParts): TaskProcesses {
  // A power of two, so that a tick finds its place by its lowest bits.
  const ring = 2 ** Math.ceil(Math.log2(longest + 1));
  const endings: Ending[][] = Array.from({ length: ring }, () => []);
  let [idle, busy, done, now] = [0, 0, 0, -1];

  function finish(tick: number): void {
    const ending = endings[tick & (ring - 1)] as Ending[];
    let count = 0;
    for (const each of ending) count += each.count;
    ending.length = 0;
    idle += count;
    busy -= count;
    done += count;
  }

  function begin(tick: number): void {
    const count = Math.min(idle, queue.visible());
    if (count === 0) return;
    const cohort: Cohort = { began: tick, arrivals: [] };
    queue.takeMany(count, (arrived, of) => {
      cohort.arrivals.push({ arrived, count: of });
      waits.add(tick - arrived, of);
    });
    service(count, (ticks, of) => endings[(tick + ticks) & (ring - 1)]?.push({ cohort, count: of }));
    idle -= count;
    busy += count;
  }

  /** Takes out a message in work, each with the same chance. */
  function takeBusy(): MessageInWork {
    let left = Math.floor(random() * busy);
    busy -= 1;
    for (let ends = now + 1; ; ends += 1)
      for (const ending of endings[ends & (ring - 1)] as Ending[]) {
        left -= ending.count;
        if (left >= 0) continue;
        ending.count -= 1;
        return { arrived: takeArrival(ending.cohort, random), began: ending.cohort.began, ends };
      }
  }

  return {
    start(processes) {
      idle += processes;
      return { processes };
    },
    stop({ processes }) {
      const inWork: MessageInWork[] = [];
      for (let left = processes; left > 0; left -= 1)
        if (random() * (idle + busy) < idle) idle -= 1;
        else inWork.push(takeBusy());
      return inWork;
    },
    advance(tick) {
      now = tick;
      finish(tick);
      begin(tick);
    },
    inWork: () => busy,
    done: () => done,
  };
}

/** When a message of a cohort arrived, each of its arrivals with the same chance. */
function takeArrival({ arrivals }: Cohort, random: Random): number {
  let left = Math.floor(random() * arrivals.reduce((sum, { count }) => sum + count, 0));
  const found = arrivals.find(({ count }) => {
    left -= count;
    return left < 0;
  });
  if (!found) throw new Error('A message in work arrived with none of its cohort.');
  found.count -= 1;
  return found.arrived;
}
