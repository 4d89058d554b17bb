import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/** The permissions of an apply on the cluster, its services and their scaling. */
export function computeStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const { cluster, prefix } = namesOf(deployment);
  const ecs = (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  const targets = `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/*`;
  const registering = ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:TagResource'];
  return [
    allow(
      [
        'ecs:CreateCapacityProvider',
        'ecs:CreateCluster',
        'ecs:CreateService',
        'ecs:DeleteCapacityProvider',
        'ecs:DeleteCluster',
        'ecs:DeleteService',
        'ecs:PutClusterCapacityProviders',
        'ecs:RegisterTaskDefinition',
        'ecs:TagResource',
        'ecs:UntagResource',
        'ecs:UpdateCapacityProvider',
        'ecs:UpdateCluster',
        'ecs:UpdateClusterSettings',
        'ecs:UpdateService',
      ],
      [
        `cluster/${cluster}`,
        `service/${cluster}/*`,
        `capacity-provider/${prefix}-*`,
        `task-definition/${prefix}-*`,
      ].map(ecs),
    ),
    allow(
      [
        'autoscaling:CancelInstanceRefresh',
        'autoscaling:CompleteLifecycleAction',
        'autoscaling:CreateAutoScalingGroup',
        'autoscaling:CreateOrUpdateTags',
        'autoscaling:DeleteAutoScalingGroup',
        'autoscaling:DeleteTags',
        'autoscaling:DisableMetricsCollection',
        'autoscaling:EnableMetricsCollection',
        'autoscaling:SetInstanceProtection',
        'autoscaling:StartInstanceRefresh',
        'autoscaling:UpdateAutoScalingGroup',
      ],
      `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${prefix}-*`,
    ),
    allow(registering, targets, madeFor(environment)),
    allow(
      [
        'application-autoscaling:DeleteScalingPolicy',
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
        'application-autoscaling:UntagResource',
        ...registering,
      ],
      targets,
      ownedBy(environment),
    ),
    // A target tracking policy creates its alarms with the permissions of whoever puts the policy.
    allow(
      ['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'],
      `arn:aws:cloudwatch:${region}:${accountId}:alarm:TargetTracking-service/${cluster}/*`,
    ),
  ];
}
