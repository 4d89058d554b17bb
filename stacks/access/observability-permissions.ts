import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/** The permissions of an apply on alarms, logs, events, topics, the budget and what follows it. */
export const observabilityStatements = (deployment: Deployment): Statement[] => [
  ...named(deployment),
  ...unnamed(deployment),
];

function named(deployment: Deployment): Statement[] {
  const { accountId, environment } = deployment;
  const { prefix, logGroup } = namesOf(deployment);
  // Alarms of the CDN are in another region, and some ARNs have no region.
  const arn = (service: string, resource: string) => `arn:aws:${service}:*:${accountId}:${resource}`;
  const tagging = (service: string) => [`${service}:TagResource`, `${service}:UntagResource`];
  return [
    allow(
      [
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DeleteDashboards',
        'cloudwatch:PutDashboard',
        'cloudwatch:PutMetricAlarm',
        ...tagging('cloudwatch'),
      ],
      [`alarm:${prefix}-*`, `dashboard/${prefix}`, `dashboard/${prefix}-*`].map((name) => arn('cloudwatch', name)),
    ),
    allow(
      [
        'logs:CreateLogGroup',
        'logs:DeleteLogGroup',
        'logs:DeleteMetricFilter',
        'logs:DeleteRetentionPolicy',
        'logs:PutMetricFilter',
        'logs:PutRetentionPolicy',
        ...tagging('logs'),
      ],
      arn('logs', `log-group:${logGroup('*')}`),
    ),
    allow(
      ['events:DeleteRule', 'events:PutRule', 'events:PutTargets', 'events:RemoveTargets', ...tagging('events')],
      arn('events', `rule/${prefix}-*`),
    ),
    allow(
      [
        'sns:CreateTopic',
        'sns:DeleteTopic',
        'sns:SetSubscriptionAttributes',
        'sns:SetTopicAttributes',
        'sns:Subscribe',
        'sns:Unsubscribe',
        ...tagging('sns'),
      ],
      arn('sns', `${prefix}-*`),
    ),
    allow(
      ['states:CreateStateMachine', 'states:DeleteStateMachine', 'states:UpdateStateMachine', ...tagging('states')],
      arn('states', `stateMachine:${prefix}-*`),
    ),
    allow(['budgets:ModifyBudget', ...tagging('budgets')], arn('budgets', `budget/${prefix}-*`)),
    allow(
      [
        'ce:DeleteAnomalyMonitor',
        'ce:DeleteAnomalySubscription',
        'ce:UpdateAnomalyMonitor',
        'ce:UpdateAnomalySubscription',
        ...tagging('ce'),
      ],
      [arn('ce', 'anomalymonitor/*'), arn('ce', 'anomalysubscription/*')],
      ownedBy(environment),
    ),
  ];
}

/** Actions that can be allowed only on all resources. */
function unnamed({ environment, region }: Deployment): Statement[] {
  const regions = [...new Set([region, EDGE_REGION])];
  return [
    allow(['ce:CreateAnomalyMonitor', 'ce:CreateAnomalySubscription'], '*', madeFor(environment)),
    // AWS allows composite alarms only with permission for all of them, and the resource policies of logs belong to the account.
    allow(['cloudwatch:PutCompositeAlarm', 'logs:DeleteResourcePolicy', 'logs:PutResourcePolicy'], '*', {
      StringEquals: { 'aws:RequestedRegion': regions },
    }),
  ];
}
