import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { Construct } from 'constructs';
import type { ApiServiceSettings } from '../environments/settings.ts';
import type { Cluster } from './cluster.ts';
import { SCALE_IN_COOLDOWN_SECONDS, SCALE_OUT_COOLDOWN_SECONDS } from './cooldowns.ts';
import { createScalableTarget } from './task-scaling.ts';

interface RequestScalingProps {
  cluster: Cluster;
  service: EcsService;
  settings: Omit<ApiServiceSettings, 'capacity'>;
  /** The load balancer and target group in CloudWatch's combined form. */
  resourceLabel: string;
}

/** Scales tasks so that both requests and CPU per task stay below their targets; the policy that wants more tasks wins. */
export function createRequestScaling(scope: Construct, props: RequestScalingProps): void {
  const { settings, resourceLabel } = props;
  const target = createScalableTarget(scope, props);
  const follow = (id: string, targetValue: number, metric: { predefinedMetricType: string; resourceLabel?: string }) =>
    new AppautoscalingPolicy(scope, `scaling-${id}`, {
      ...target,
      name: id,
      policyType: 'TargetTrackingScaling',
      targetTrackingScalingPolicyConfiguration: {
        targetValue,
        scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
        scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
        predefinedMetricSpecification: metric,
      },
    });
  follow('requests', settings.requestsPerTaskPerMinute, {
    predefinedMetricType: 'ALBRequestCountPerTarget',
    resourceLabel,
  });
  follow('cpu', settings.targetCpu, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' });
}
