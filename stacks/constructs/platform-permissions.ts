import { APP } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import { EDGE_REGION } from './edge-provider.ts';
import type { Statement } from './policy-document.ts';

/** What AWS knows by numbers and not by names: narrowed to kinds of things, and to the region. */
const NUMBERED = [
  'application-autoscaling:DeleteScalingPolicy',
  'application-autoscaling:DeregisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:TagResource',
  'application-autoscaling:UntagResource',
  'ec2:*Address*',
  'ec2:*FlowLogs',
  'ec2:*InternetGateway*',
  'ec2:*LaunchTemplate*',
  'ec2:*NatGateway*',
  'ec2:*Route*',
  'ec2:*SecurityGroup*',
  'ec2:*Subnet*',
  'ec2:*Tags',
  'ec2:*Vpc*',
  // An auto scaling group is refused unless whoever makes it may start what is in its template.
  'ec2:RunInstances',
  'ecs:CreateCapacityProvider',
  'ecs:CreateCluster',
  'ecs:DeregisterTaskDefinition',
  'ecs:PutAccountSettingDefault',
  'ecs:RegisterTaskDefinition',
  'elasticloadbalancing:*Listener*',
  'elasticloadbalancing:*LoadBalancer*',
  'elasticloadbalancing:*Rule*',
  'elasticloadbalancing:*Tags',
  'elasticloadbalancing:*TargetGroup*',
  'elasticloadbalancing:Set*',
  'logs:*LogDelivery',
  'logs:*ResourcePolicy',
  'sns:SetSubscriptionAttributes',
  'sns:Unsubscribe',
  'wafv2:*LoggingConfiguration',
  'wafv2:*WebACL',
  'wafv2:TagResource',
  'wafv2:UntagResource',
];

/** The same, of services that are in no region. */
const GLOBAL = [
  'ce:*AnomalyMonitor*',
  'ce:*AnomalySubscription*',
  'ce:TagResource',
  'ce:UntagResource',
  'cloudfront:Create*',
  'cloudfront:Delete*',
  'cloudfront:PublishFunction',
  'cloudfront:TagResource',
  'cloudfront:UntagResource',
  'cloudfront:Update*',
];

/** What has names of ours, by service: the actions, and the resources in all environments of the account. */
const NAMED: [service: string, actions: string[], ...resources: string[]][] = [
  [
    'autoscaling',
    // The third by teardown, and the second by whoever follows the guide.
    [
      '*AutoScalingGroup',
      '*InstanceRefresh',
      'CompleteLifecycleAction',
      '*LifecycleHook',
      '*MetricsCollection',
      '*Tags',
      'SetInstanceProtection',
    ],
    `autoScalingGroup:*:autoScalingGroupName/${APP}-*`,
  ],
  ['budgets', ['ModifyBudget', 'TagResource', 'UntagResource'], `budget/${APP}-*`],
  [
    'cloudwatch',
    ['*Alarm*', '*Dashboard*', 'TagResource', 'UntagResource'],
    `alarm:${APP}-*`,
    `alarm:TargetTracking-*`,
    `dashboard/${APP}-*`,
  ],
  [
    'ecs',
    ['*CapacityProvider*', '*Cluster*', '*Service', 'TagResource', 'UntagResource'],
    ...['capacity-provider', 'cluster', 'service', 'task-definition'].map((kind) => `${kind}/${APP}-*`),
  ],
  ['events', ['*Rule', '*Targets', 'TagResource', 'UntagResource'], `rule/${APP}-*`],
  [
    'logs',
    ['*LogGroup', '*MetricFilter', '*RetentionPolicy', 'TagResource', 'UntagResource'],
    `log-group:/${APP}/*`,
    `log-group:aws-waf-logs-${APP}-*`,
  ],
  ['sns', ['*Topic', 'SetTopicAttributes', 'Subscribe', 'TagResource', 'UntagResource'], `${APP}-*`],
];

/** What an apply may do with the platform: it can be made again, so all of it. */
export function platformStatements({ accountId, region }: Account): Statement[] {
  const regions = [...new Set([region, EDGE_REGION])];
  return [
    {
      Effect: 'Allow',
      Action: NUMBERED,
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    },
    { Effect: 'Allow', Action: GLOBAL, Resource: '*' },
    ...NAMED.map(
      ([service, actions, ...resources]): Statement => ({
        Effect: 'Allow',
        Action: actions.map((action) => `${service}:${action}`),
        // Some ARNs have no region, and alarms of the edge are in its own.
        Resource: resources.map((resource) => `arn:aws:${service}:*:${accountId}:${resource}`),
      }),
    ),
    // Instances are started with the AMI that this parameter of AWS's names.
    { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: `arn:aws:ssm:${region}::parameter/aws/service/ecs/*` },
  ];
}
