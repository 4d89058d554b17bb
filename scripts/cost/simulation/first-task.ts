import { type BacklogMetrics, type FirstTask, waitsForNobody } from '../../../stacks/compute/backlog-rule.ts';

/** The step scaling policy that starts the first task of a service that may have none. */
export interface FirstTaskScaling {
  readonly policy: FirstTask;
  /** The second of the last step. */
  stepped: number;
}

export const createFirstTaskScaling = (policy: FirstTask): FirstTaskScaling => ({
  policy,
  stepped: Number.NEGATIVE_INFINITY,
});

/** The number of tasks after a minute's evaluation of what is seen, the newest last. */
export function startFirst(
  scaling: FirstTaskScaling,
  desired: number,
  { second, seen }: { second: number; seen: readonly BacklogMetrics[] },
): number {
  const { adjustmentType, adjustment, cooldownSeconds, evaluationPeriods } = scaling.policy;
  const isAlarm = seen.slice(-evaluationPeriods).some(waitsForNobody);
  // A step of the same size has no effect within the cooldown, because what was added before counts as part of it.
  if (!isAlarm || second < scaling.stepped + cooldownSeconds) return desired;
  scaling.stepped = second;
  return adjustmentType === 'ExactCapacity' ? adjustment : desired + adjustment;
}
