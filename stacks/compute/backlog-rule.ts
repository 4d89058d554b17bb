import type { WorkerSettings } from '../environments/settings.ts';
import { SCALE_IN_COOLDOWN_SECONDS, SCALE_OUT_COOLDOWN_SECONDS } from './cooldowns.ts';

/** What CloudWatch knows of one minute; undefined is what has not arrived. */
export interface BacklogMetrics {
  /** Messages that wait. */
  visible: number | undefined;
  /** Tasks that run: the last known number, as FILL(tasks, REPEAT) gives it. */
  tasks: number | undefined;
}

/** The rule by which the number of workers follows the queue, in numbers; backlog-scaling.ts makes AWS's policies of it. */
export interface BacklogRule {
  targetSeconds: number;
  scaleOutCooldownSeconds: number;
  scaleInCooldownSeconds: number;
  /** The value that is compared with the target; undefined is no data. */
  backlogSeconds(metrics: BacklogMetrics): number | undefined;
}

/** The last known number of tasks. It arrives minutes later than the number of messages, and a missing value does not mean zero. */
const TASKS = 'FILL(tasks, REPEAT)';

/**
 * The backlog in seconds of work for each task; with no task, for the one that is to start. If the number of tasks has been unknown for minutes,
 * the expression has no value and nothing is scaled: assuming one task where forty run would show forty times the backlog.
 */
export const backlogExpression = (secondsPerMessage: number): string =>
  `visible * ${secondsPerMessage} / IF(${TASKS} > 0, ${TASKS}, 1)`;

/** Whether messages wait while no worker runs. An unknown number of workers counts as none, because in metric math a missing value counts as 0. */
export const WAITING_FOR_NOBODY = {
  waits: 'FILL(visible, REPEAT) > 0',
  works: `${TASKS} > 0`,
  alone: 'waits > works',
};

/** The step that starts the first task. */
export interface FirstTask {
  adjustmentType: 'ChangeInCapacity' | 'ExactCapacity';
  adjustment: number;
  cooldownSeconds: number;
  /** Minutes of which one must be in alarm. */
  evaluationPeriods: number;
}

export const FIRST_TASK: FirstTask = {
  // ExactCapacity would stop tasks that the other policy has requested and that are still starting.
  adjustmentType: 'ChangeInCapacity',
  adjustment: 1,
  cooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
  evaluationPeriods: 2,
};

/** What `backlogExpression` computes; metric math takes a missing number of messages as 0 where the number of tasks is known. */
const backlogSecondsOf = ({ visible = 0, tasks }: BacklogMetrics, secondsPerMessage: number): number | undefined =>
  tasks === undefined ? undefined : (visible * secondsPerMessage) / (tasks > 0 ? tasks : 1);

/** What `WAITING_FOR_NOBODY` computes. */
export const waitsForNobody = ({ visible = 0, tasks = 0 }: BacklogMetrics): boolean => visible > 0 && !(tasks > 0);

export const backlogRule = ({
  acceptableLatencySeconds,
  secondsPerMessage,
}: Pick<WorkerSettings, 'acceptableLatencySeconds' | 'secondsPerMessage'>): BacklogRule => ({
  targetSeconds: acceptableLatencySeconds,
  scaleOutCooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
  scaleInCooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
  backlogSeconds: (metrics) => backlogSecondsOf(metrics, secondsPerMessage),
});
