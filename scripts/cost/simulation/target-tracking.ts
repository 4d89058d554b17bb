import type { BacklogRule } from '../../../stacks/compute/backlog-rule.ts';
import type { AwsTiming } from './aws-timing.ts';
import type { ScalingSettings } from './simulation-settings.ts';

/**
 * A target tracking policy of Application Auto Scaling for the number of tasks that a service wants, as AWS documents it
 * (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
 */
export interface TargetTracking {
  readonly scaling: ScalingSettings;
  readonly timing: AwsTiming;
  /** The tasks before the last that were added, which further steps within its cooldown are computed from. */
  added: { second: number; from: number } | undefined;
  /** The second in which tasks were removed last. */
  removed: number;
}

export const createTargetTracking = (scaling: ScalingSettings, timing: AwsTiming): TargetTracking => ({
  scaling,
  timing,
  added: undefined,
  removed: Number.NEGATIVE_INFINITY,
});

const isAlarm = (values: readonly (number | undefined)[], periods: number, is: (value: number) => boolean): boolean =>
  values.length >= periods && values.slice(-periods).every((value) => value !== undefined && is(value));

/** The number of tasks after a minute's evaluation, of the values of the metric with the newest last. */
export function track(
  policy: TargetTracking,
  desired: number,
  { second, values }: { second: number; values: readonly (number | undefined)[] },
): number {
  const { timing, scaling } = policy;
  const { targetSeconds } = scaling.rule;
  const newest = values.at(-1) ?? 0;
  if (isAlarm(values, timing.highPeriods, (value) => value > targetSeconds))
    return addTasks(policy, { desired, second, newest });
  if (isAlarm(values, timing.lowPeriods, (value) => value < targetSeconds * timing.lowShare))
    return removeTasks(policy, { desired, second, newest });
  return desired;
}

interface Step {
  desired: number;
  second: number;
  newest: number;
}

const inProportion = (tasks: number, newest: number, { targetSeconds }: BacklogRule): number =>
  Math.ceil((tasks * newest) / targetSeconds);

/**
 * In proportion to the metric. Within the cooldown only a larger step counts, computed from the tasks before the last one. A removal's cooldown
 * ends.
 */
function addTasks(policy: TargetTracking, { desired, second, newest }: Step): number {
  const { rule, maxTasks } = policy.scaling;
  const cools = policy.added && second < policy.added.second + rule.scaleOutCooldownSeconds;
  const from = cools && policy.added ? policy.added.from : desired;
  // With no task at all, the one that is to start.
  const wanted = Math.min(maxTasks, inProportion(Math.max(1, from), newest, rule));
  if (wanted <= desired) return desired;
  policy.added = { second, from };
  policy.removed = Number.NEGATIVE_INFINITY;
  return wanted;
}

/** More gradually: at least one task, at most a share of them, and nothing within the cooldown. */
function removeTasks(policy: TargetTracking, { desired, second, newest }: Step): number {
  const { rule, minTasks } = policy.scaling;
  if (second < policy.removed + rule.scaleInCooldownSeconds) return desired;
  const most = Math.max(1, Math.floor(desired * policy.timing.taskRemovalShare));
  const wanted = Math.max(minTasks, inProportion(desired, newest, rule), desired - most);
  if (wanted >= desired) return desired;
  policy.removed = second;
  return wanted;
}
