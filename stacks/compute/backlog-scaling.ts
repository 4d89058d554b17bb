import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import { backlogExpression, backlogRule, FIRST_TASK, WAITING_FOR_NOBODY } from './backlog-rule.ts';
import type { Cluster } from './cluster.ts';
import { createScalableTarget, type ScalableTarget } from './task-scaling.ts';

interface BacklogScalingProps {
  deployment: Deployment;
  cluster: Cluster;
  service: EcsService;
  settings: WorkerSettings;
}

interface Metric {
  id: string;
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

const PERIOD_SECONDS = 60;

/** Scales the workers' tasks so that they finish the backlog in time; the capacity provider's instances follow the tasks. */
export function createBacklogScaling(scope: Construct, props: BacklogScalingProps): void {
  const { settings } = props;
  const target = createScalableTarget(scope, props);
  const metrics = metricsOf(props);
  const rule = backlogRule(settings);
  new AppautoscalingPolicy(scope, 'scaling-backlog', {
    ...target,
    name: 'backlog',
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      targetValue: rule.targetSeconds,
      scaleOutCooldown: rule.scaleOutCooldownSeconds,
      scaleInCooldown: rule.scaleInCooldownSeconds,
      customizedMetricSpecification: {
        metrics: [
          ...metrics.map(({ id, dimensions, ...metric }) => ({
            id,
            returnData: false,
            metricStat: {
              stat: 'Average',
              metric: {
                ...metric,
                dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
              },
            },
          })),
          {
            id: 'backlog',
            label: 'Seconds of backlog for each task',
            expression: backlogExpression(settings.secondsPerMessage),
            returnData: true,
          },
        ],
      },
    },
  });
  if (settings.minTasks === 0) createFirstTask(scope, { ...props, target, metrics });
}

function metricsOf({ deployment, cluster, service }: BacklogScalingProps): Metric[] {
  return [
    {
      id: 'visible',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: namesOf(deployment).queue },
    },
    {
      id: 'tasks',
      namespace: 'ECS/ContainerInsights',
      metricName: 'RunningTaskCount',
      dimensions: { ClusterName: cluster.name, ServiceName: service.name },
    },
  ];
}

/**
 * Starts the first task by step scaling. Target tracking multiplies the number of running tasks, and the backlog of a few messages may stay below
 * its target for ever. SQS reports no metrics for a queue that was idle for six hours, and up to 15 minutes late when it becomes active again.
 */
function createFirstTask(
  scope: Construct,
  { deployment, target, metrics }: BacklogScalingProps & { target: ScalableTarget; metrics: Metric[] },
): void {
  const policy = new AppautoscalingPolicy(scope, 'scaling-first-task', {
    ...target,
    name: 'first-task',
    policyType: 'StepScaling',
    stepScalingPolicyConfiguration: {
      adjustmentType: FIRST_TASK.adjustmentType,
      metricAggregationType: 'Maximum',
      cooldown: FIRST_TASK.cooldownSeconds,
      stepAdjustment: [{ metricIntervalLowerBound: '0', scalingAdjustment: FIRST_TASK.adjustment }],
    },
  });
  new CloudwatchMetricAlarm(scope, 'waiting-for-nobody', {
    alarmName: `${namesOf(deployment).service('worker')}-waiting-for-nobody`,
    alarmDescription: 'Messages wait and no worker runs: starts the first one. Not a fault.',
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    // One of two periods, so that a value that is three minutes late still counts.
    evaluationPeriods: FIRST_TASK.evaluationPeriods,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
    alarmActions: [policy.arn],
    metricQuery: [
      ...metrics.map(({ id, ...metric }) => ({
        id,
        returnData: false,
        metric: { ...metric, period: PERIOD_SECONDS, stat: 'Average' },
      })),
      ...Object.entries(WAITING_FOR_NOBODY).map(([id, expression]) => ({
        id,
        expression,
        label: id,
        returnData: id === 'alone',
      })),
    ],
  });
}
