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
} from './scalable-target.ts';

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

/** How many there were last: the count comes minutes later than that of the messages, and none is not zero. */
const TASKS = 'FILL(tasks, REPEAT)';

/**
 * Seconds of work that wait for each task; without a task for the one that is to come. Where nobody has counted the tasks for minutes
 * there is no figure, and nothing is scaled: taken for one, forty tasks would be forty times as late as they are.
 */
const backlogSeconds = (secondsPerMessage: number): string =>
  `visible * ${secondsPerMessage} / IF(${TASKS} > 0, ${TASKS}, 1)`;

/** Whether messages wait while nobody works, or nobody has counted who does: a figure that is missing beside another counts as 0. */
const WAITING_FOR_NOBODY = { waits: 'FILL(visible, REPEAT) > 0', works: `${TASKS} > 0`, alone: 'waits > works' };

/** As many workers as get through the backlog in time: tasks follow it, and the capacity provider's instances follow the tasks. */
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
 * From nothing, by a step: target tracking multiplies the tasks there are, and the backlog of a few messages may stay below its mark for
 * ever. SQS reports nothing of a queue that was idle for six hours, and up to 15 minutes late when it wakes.
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
      // Not “exactly one”: that would end tasks which the other policy has asked for and which are still starting.
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
    // One of two: what is three minutes old is looked at too.
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
