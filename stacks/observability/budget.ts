import { BudgetsBudget, type BudgetsBudgetNotification } from '@cdktf/provider-aws/lib/budgets-budget/index.js';
import { CeAnomalyMonitor } from '@cdktf/provider-aws/lib/ce-anomaly-monitor/index.js';
import { CeAnomalySubscription } from '@cdktf/provider-aws/lib/ce-anomaly-subscription/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import { policyDocument } from '../access/policy-document.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { tagsOf } from '../foundation/tags.ts';

interface BudgetProps {
  names: Names;
  settings: EnvironmentSettings;
}

/** AWS Budgets and cost anomaly detection accept ten addresses each. */
const MOST_EMAILS = 10;

/** The dollars above AWS's expectation that count as an anomaly: a tenth of a day's budget is noise, a tenth of a month's is not. */
const anomalyDollars = (monthlyBudget: number): number => Math.max(10, Math.round(monthlyBudget / 10));

/**
 * A budget and anomaly detection for the costs of the environment. They select by its tag, which must be activated once as a cost allocation tag
 * in the billing console; until then both see nothing. Anomaly detection is free, and so are budgets that only notify.
 */
export function createBudget(scope: Construct, { names, settings }: BudgetProps): void {
  const own = new Construct(scope, 'budget');
  const { monthlyBudget, alarmEmails, economyMode } = settings.observability;
  if (alarmEmails.length > MOST_EMAILS) {
    throw new Error(
      `observability.alarmEmails has ${alarmEmails.length} addresses; a budget takes at most ${MOST_EMAILS}`,
    );
  }
  const { Environment = '' } = tagsOf(settings);
  const emails = [...alarmEmails];
  const notification = notificationsOf(emails, economyMode === 'at-budget' ? createTopic(own, names, settings) : []);
  new BudgetsBudget(own, 'budget', {
    name: `${names.prefix}-monthly`,
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitAmount: monthlyBudget.toFixed(1),
    limitUnit: 'USD',
    costFilter: [{ name: 'TagKeyValue', values: [`user:Environment$${Environment}`] }],
    ...(notification.length > 0 && { notification }),
  });
  createAnomalyDetection(own, { names, environment: Environment, emails, dollars: anomalyDollars(monthlyBudget) });
}

/**
 * Notifies while something can still be done, when exceeding the budget is forecast, and when it has happened; only then also the topics, of which
 * AWS accepts one. A notification to nobody is left out, because AWS refuses it.
 */
const notificationsOf = (emails: string[], topicsWhenSpent: string[]): BudgetsBudgetNotification[] =>
  (
    [
      ['ACTUAL', 80, []],
      ['FORECASTED', 100, []],
      ['ACTUAL', 100, topicsWhenSpent],
    ] as const
  )
    .filter(([, , topics]) => emails.length + topics.length > 0)
    .map(([notificationType, threshold, topics]) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      ...(emails.length > 0 && { subscriberEmailAddresses: emails }),
      ...(topics.length > 0 && { subscriberSnsTopicArns: [...topics] }),
    }));

/**
 * The topic that the budget notifies when it is spent. Nobody subscribes: its metric is what economy mode follows (economy-switch.ts). It has no KMS
 * key, for which Budgets would need a permission of its own; its messages say only how much was spent.
 */
function createTopic(own: Construct, { budgetTopic }: Names, { accountId }: EnvironmentSettings): string[] {
  const topic = new SnsTopic(own, 'topic', { name: budgetTopic });
  // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
  const policy = new SnsTopicPolicy(own, 'topic-policy', {
    arn: topic.arn,
    policy: policyDocument({
      Effect: 'Allow',
      Principal: { Service: 'budgets.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topic.arn,
      Condition: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:budgets::${accountId}:*` },
      },
    }),
  });
  // Budgets refuses a topic that it may not publish to, so it gets the ARN from the policy.
  return [policy.arn];
}

interface AnomalyProps {
  names: Names;
  environment: string;
  emails: string[];
  dollars: number;
}

function createAnomalyDetection(own: Construct, { names, environment, emails, dollars }: AnomalyProps): void {
  // An account may have one monitor for all AWS services, and 500 of this custom kind.
  const monitor = new CeAnomalyMonitor(own, 'anomaly-monitor', {
    name: names.prefix,
    monitorType: 'CUSTOM',
    // All fields of the API are given: without the empty ones each plan would replace the monitor (provider #39885).
    monitorSpecification: JSON.stringify({
      And: null,
      CostCategories: null,
      Dimensions: null,
      Not: null,
      Or: null,
      Tags: { Key: 'Environment', MatchOptions: null, Values: [environment] },
    }),
  });
  if (emails.length === 0) return;
  new CeAnomalySubscription(own, 'anomaly-subscription', {
    name: names.prefix,
    monitorArnList: [monitor.arn],
    // Immediate notification would need a topic with a policy of its own, and costs are known a day late anyway.
    frequency: 'DAILY',
    subscriber: emails.map((address) => ({ type: 'EMAIL', address })),
    thresholdExpression: {
      dimension: {
        key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
        matchOptions: ['GREATER_THAN_OR_EQUAL'],
        values: [String(dollars)],
      },
    },
  });
}
