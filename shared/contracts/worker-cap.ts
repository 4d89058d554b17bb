import type { Names } from './names.ts';

/**
 * The cap on the workers' tasks in economy mode: a scheduled action of Application Auto Scaling, which lowers the maximum again and again, and removes
 * the tasks above it
 * (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html, read in November 2026). No stack contains it,
 * so an apply, which sets the maximum of the settings, undoes the cap for five minutes at most.
 */
export const WORKER_CAP = { ScheduledActionName: 'economy-mode', Schedule: 'rate(5 minutes)' } as const;

/** The workers' tasks as Application Auto Scaling names them. */
export const scalableWorkers = ({ cluster, service }: Pick<Names, 'cluster' | 'service'>) => ({
  ServiceNamespace: 'ecs',
  ResourceId: `service/${cluster}/${service('worker')}`,
  ScalableDimension: 'ecs:service:DesiredCount',
});
