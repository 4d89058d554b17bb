import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { policyDocument } from '../access/policy-document.ts';

/** EC2's events about spot instances: that one is interrupted in two minutes, and that one is likely to be. */
const EVENTS = {
  interruption: 'EC2 Spot Instance Interruption Warning',
  rebalance: 'EC2 Instance Rebalance Recommendation',
} as const;

const WRITERS = { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] };

/**
 * Records spot interruptions, so that they can be weighed against the price of spot. Each event has a rule of its own, because CloudWatch
 * counts matches per rule (`AWS/Events`, `MatchedEvents`). Events carry no tags, so interruptions of other fleets in the account are included.
 */
export function createSpotEvents(
  scope: Construct,
  { deployment, logDays }: { deployment: Deployment; logDays: number },
): void {
  const { prefix, logGroup } = namesOf(deployment);
  const log = new CloudwatchLogGroup(scope, 'spot-events', { name: logGroup('spot-events'), retentionInDays: logDays });
  const rules = Object.entries(EVENTS).map(([id, event]) => {
    const rule = new CloudwatchEventRule(scope, `spot-${id}`, {
      name: `${prefix}-spot-${id}`,
      description: `${event}s, into ${logGroup('spot-events')}`,
      eventPattern: JSON.stringify({ source: ['aws.ec2'], 'detail-type': [event] }),
    });
    new CloudwatchEventTarget(scope, `spot-${id}-log`, { rule: rule.name, targetId: 'log', arn: log.arn });
    return rule;
  });
  // EventBridge accepts no role for a log group; without this policy it silently drops every event. An account has at most ten such policies.
  // The statements and conditions follow https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html.
  new CloudwatchLogResourcePolicy(scope, 'spot-events-policy', {
    policyName: `${prefix}-spot-events`,
    policyDocument: policyDocument(
      { Effect: 'Allow', Principal: WRITERS, Action: ['logs:CreateLogStream'], Resource: `${log.arn}:*` },
      {
        Effect: 'Allow',
        Principal: WRITERS,
        Action: ['logs:PutLogEvents'],
        Resource: `${log.arn}:*:*`,
        Condition: { ArnEquals: { 'aws:SourceArn': rules.map(({ arn }) => arn) } },
      },
    ),
  });
}
