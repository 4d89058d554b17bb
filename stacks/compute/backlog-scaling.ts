import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import type { Cluster } from './cluster.ts';
import {
  createScalableTarget,
  SCALE_IN_COOLDOWN_SECONDS,
  SCALE_OUT_COOLDOWN_SECONDS,
  type ScalableTarget,
} from './task-scaling.ts';

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

/** The last known number of tasks. It arrives minutes later than the number of messages, and a missing value does not mean zero. */
const TASKS = 'FILL(tasks, REPEAT)';

/**
 * The backlog in seconds of work for each task; with no task, for the one that is to start. If the number of tasks has been unknown for minutes,
 * the expression has no value and nothing is scaled: assuming one task where forty run would show forty times the backlog.
 */
const backlogSeconds = (secondsPerMessage: number): string =>
  `visible * ${secondsPerMessage} / IF(${TASKS} > 0, ${TASKS}, 1)`;

/** Whether messages wait while no worker runs. An unknown number of workers counts as none, because in metric math a missing value counts as 0. */
const WAITING_FOR_NOBODY = { waits: 'FILL(visible, REPEAT) > 0', works: `${TASKS} > 0`, alone: 'waits > works' };

/** Scales the workers' tasks so that they finish the backlog in time; the capacity provider's instances follow the tasks. */
export function createBacklogScaling(scope: Construct, props: BacklogScalingProps): void {
  const { settings } = props;
  const target = createScalableTarget(scope, props);
  const metrics = metricsOf(props);
  new AppautoscalingPolicy(scope, 'scaling-backlog', {
    ...target,
    name: 'backlog',
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      targetValue: settings.acceptableLatencySeconds,
      scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
      scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
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
            expression: backlogSeconds(settings.secondsPerMessage),
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
      // ExactCapacity would stop tasks that the other policy has requested and that are still starting.
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      cooldown: SCALE_IN_COOLDOWN_SECONDS,
      stepAdjustment: [{ metricIntervalLowerBound: '0', scalingAdjustment: 1 }],
    },
  });
  new CloudwatchMetricAlarm(scope, 'waiting-for-nobody', {
    alarmName: `${namesOf(deployment).service('worker')}-waiting-for-nobody`,
    alarmDescription: 'Messages wait and no worker runs: starts the first one. Not a fault.',
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    // One of two periods, so that a value that is three minutes late still counts.
    evaluationPeriods: 2,
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
