import type { BacklogMetrics } from '../../../stacks/compute/backlog-rule.ts';
import type { AwsTiming } from './aws-timing.ts';

/** The one-minute averages that CloudWatch has of the queue and the service. */
export interface MetricHistory {
  readonly minutes: { visible: number; tasks: number }[];
  /** Sums of the current minute, of one value a second. */
  readonly current: { visible: number; tasks: number };
}

const SECONDS = 60;

export const createMetricHistory = (): MetricHistory => ({ minutes: [], current: { visible: 0, tasks: 0 } });

/** Adds the values of a second, numbered from 0. */
export function addSecond(
  { minutes, current }: MetricHistory,
  second: number,
  now: { visible: number; tasks: number },
): void {
  current.visible += now.visible;
  current.tasks += now.tasks;
  if ((second + 1) % SECONDS > 0) return;
  minutes.push({ visible: current.visible / SECONDS, tasks: current.tasks / SECONDS });
  current.visible = 0;
  current.tasks = 0;
}

/**
 * What an alarm sees at the beginning of a second: the last minutes for which there is a number of messages, the newest last. The number of tasks
 * comes later, so the newest repeat the last one that is known.
 */
export function seenAt({ minutes }: MetricHistory, second: number, timing: AwsTiming): BacklogMetrics[] {
  const known = (delaySeconds: number): number => Math.max(0, Math.floor((second - delaySeconds) / SECONDS));
  const newest = known(timing.visibleDelaySeconds);
  const withTasks = known(timing.tasksDelaySeconds);
  return minutes.slice(Math.max(0, newest - timing.lowPeriods), newest).map(({ visible }, index, seen) => {
    const minute = newest - seen.length + index;
    return { visible, tasks: minutes[Math.min(minute, withTasks - 1)]?.tasks };
  });
}
