import { namesOf } from '../../shared/contracts/names.ts';
import { scalableWorkers, WORKER_CAP } from '../../shared/contracts/worker-cap.ts';
import { tasksInEconomyMode } from '../../shared/domain/economy-mode.ts';
import { CommandError } from '../command-line.ts';
import { absentOr } from '../target-stack/aws-refusals.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';

const { ScheduledActionName, Schedule } = WORKER_CAP;

type Site = Pick<SynthesisedEnvironment, 'environment' | 'accountId' | 'region' | 'platform' | 'aws'>;

/** The options of the AWS CLI that name the workers' tasks. */
const target = (site: Site): string[] => {
  const { ServiceNamespace, ResourceId, ScalableDimension } = scalableWorkers(namesOf(site));
  const named = {
    'service-namespace': ServiceNamespace,
    'resource-id': ResourceId,
    'scalable-dimension': ScalableDimension,
  };
  return Object.entries(named).flatMap(([name, value]) => [`--${name}`, value]);
};

/** The fewest and the most tasks of the workers by the settings, as they are synthesised. */
export function workerTasks({ environment, platform }: Site): { minTasks: number; maxTasks: number } {
  const scaling = platform.resource.aws_appautoscaling_target?.worker_scaling;
  if (!scaling) throw new CommandError(`platform-${environment} scales no workers. Run npm run synth, and try again.`);
  return { minTasks: scaling.min_capacity, maxTasks: scaling.max_capacity };
}

/** Caps the workers. The cap takes effect within five minutes, as often as something removes it. */
export async function capWorkers(site: Site): Promise<void> {
  const MaxCapacity = tasksInEconomyMode(workerTasks(site));
  const action = ['--scheduled-action-name', ScheduledActionName, '--schedule', Schedule];
  const capped = ['--scalable-target-action', `MaxCapacity=${MaxCapacity}`];
  await site.aws()('application-autoscaling', 'put-scheduled-action', ...target(site), ...action, ...capped);
}

/** Removes the cap, if there is one, and lets the workers scale up to the maximum of the settings. */
export async function freeWorkers(site: Site): Promise<void> {
  const aws = site.aws();
  const removed = aws(
    'application-autoscaling',
    'delete-scheduled-action',
    ...target(site),
    '--scheduled-action-name',
    ScheduledActionName,
  );
  await absentOr('the cap', ['ObjectNotFoundException'], removed);
  const most = ['--max-capacity', String(workerTasks(site).maxTasks)];
  await aws('application-autoscaling', 'register-scalable-target', ...target(site), ...most);
}

/** The most tasks of workers that a cap allows; undefined without a cap. */
export async function readCap(site: Site): Promise<number | undefined> {
  const { ScheduledActions = [] } = await site.aws()(
    'application-autoscaling',
    'describe-scheduled-actions',
    ...target(site),
    '--scheduled-action-names',
    ScheduledActionName,
  );
  return ScheduledActions[0]?.ScalableTargetAction.MaxCapacity;
}
