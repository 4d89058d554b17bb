import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { allow, type Statement } from './policy-document.ts';

/**
 * Describe actions that AWS allows for all resources of an account or for none. They show, among others, the conditions of the rules of all its
 * load balancers.
 */
const UNNAMED = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeInstanceRefreshes',
  'autoscaling:DescribeScalingActivities',
  'cloudfront:GetKeyGroup',
  'cloudfront:GetPublicKey',
  'cloudwatch:DescribeAlarms',
  'ec2:DescribeAddresses',
  'ec2:DescribeAddressesAttribute',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeImages',
  'ec2:DescribeInstances',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNatGateways',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribePrefixLists',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  'ecs:DescribeTaskDefinition',
  'ecs:ListServices',
  'elasticloadbalancing:DescribeCapacityReservation',
  'elasticloadbalancing:DescribeListenerAttributes',
  'elasticloadbalancing:DescribeListenerCertificates',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:DescribeTargetGroups',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'sns:GetSubscriptionAttributes',
  'states:ValidateStateMachineDefinition',
];

/**
 * The permissions that the provider needs to compare a platform with its real resources: descriptions, but no logs and no metrics. Descriptions
 * of listener rules and distributions contain the CDN's secret. With `*` as environment this covers all environments.
 */
export function platformReadingStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { cluster, loadBalancer, internalLoadBalancer, logGroup, prefix } = namesOf(deployment);
  const arn = (service: string, resource: string) => `arn:aws:${service}:*:${accountId}:${resource}`;
  const arns = (service: string, ...resources: string[]) => resources.map((resource) => arn(service, resource));
  const loadBalancers = [loadBalancer, internalLoadBalancer].map((name) =>
    arn('elasticloadbalancing', `loadbalancer/app/${name}/*`),
  );
  const cloudfront = ['cache-policy', 'distribution', 'function', 'origin-request-policy', 'response-headers-policy'];
  return [
    allow(UNNAMED, '*'),
    allow('ec2:DescribeVpcAttribute', arn('ec2', 'vpc/*')),
    allow('ec2:GetManagedPrefixListEntries', `arn:aws:ec2:${region}:aws:prefix-list/*`),
    allow('application-autoscaling:ListTagsForResource', arn('application-autoscaling', 'scalable-target/*')),
    allow(['budgets:ListTagsForResource', 'budgets:ViewBudget'], arn('budgets', `budget/${prefix}-*`)),
    allow(
      ['ce:GetAnomalyMonitors', 'ce:GetAnomalySubscriptions', 'ce:ListTagsForResource'],
      arns('ce', 'anomalymonitor/*', 'anomalysubscription/*'),
    ),
    allow(
      [
        'cloudfront:DescribeFunction',
        'cloudfront:GetCachePolicy',
        'cloudfront:GetDistribution',
        'cloudfront:GetFunction',
        'cloudfront:GetOriginRequestPolicy',
        'cloudfront:GetResponseHeadersPolicy',
        'cloudfront:GetVpcOrigin',
        'cloudfront:ListTagsForResource',
      ],
      arns('cloudfront', ...[...cloudfront, 'vpcorigin'].map((kind) => `${kind}/*`)),
    ),
    allow(
      ['cloudwatch:GetDashboard', 'cloudwatch:ListTagsForResource'],
      arns('cloudwatch', `alarm:${prefix}-*`, `dashboard/${prefix}`, `dashboard/${prefix}-*`),
    ),
    allow(
      ['ecs:DescribeCapacityProviders', 'ecs:DescribeClusters', 'ecs:DescribeServices', 'ecs:ListTagsForResource'],
      arns('ecs', `cluster/${cluster}`, `service/${cluster}/*`, 'capacity-provider/*', `task-definition/${prefix}-*`),
    ),
    allow(
      ['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'],
      arn('events', `rule/${prefix}-*`),
    ),
    allow(['logs:DescribeMetricFilters', 'logs:ListTagsForResource'], arn('logs', `log-group:${logGroup('*')}`)),
    allow(['sns:GetTopicAttributes', 'sns:ListTagsForResource'], arn('sns', `${prefix}-*`)),
    allow(
      ['states:DescribeStateMachine', 'states:ListStateMachineVersions', 'states:ListTagsForResource'],
      arn('states', `stateMachine:${prefix}-*`),
    ),
    allow(
      ['wafv2:GetRegexPatternSet', 'wafv2:GetWebACL', 'wafv2:GetWebACLForResource', 'wafv2:ListTagsForResource'],
      [...arns('wafv2', `*/webacl/${prefix}*/*`, `*/regexpatternset/${prefix}*/*`), ...loadBalancers],
    ),
    allow('elasticloadbalancing:GetLoadBalancerWebACL', loadBalancers),
    allow(
      [
        'iam:GetInstanceProfile',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListRolePolicies',
      ],
      ['instance-profile', 'role'].map((kind) => `arn:aws:iam::${accountId}:${kind}/${prefix}-*`),
    ),
  ];
}
