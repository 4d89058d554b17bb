import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { Construct } from 'constructs';
import { arnsOf, type Deployment, type Names } from '../../shared/contracts/names.ts';
import { starterRole, startStatements, switchStatements } from '../access/economy-permissions.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';
import { deploymentOf } from '../environments/deployment.ts';
import { createAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { economyDefinition, type SwitchInput } from './economy-definition.ts';
import { metric } from './metrics.ts';

/** SNS sends its metrics to CloudWatch every five minutes. */
const PERIOD_SECONDS = 300;

/**
 * Half a day into a month, because a notification may still tell of the month before: AWS updates what a budget knows about once a day
 * (https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html, read in November 2026).
 */
const NOON_OF_THE_FIRST = 'cron(0 12 1 * ? *)';

/**
 * Switches economy mode on when the budget is spent, and off at the first of a month. Budgets can notify a topic and start nothing, and a topic
 * starts nothing without a function; so an alarm watches the topic, an EventBridge rule the alarm, and a state machine switches. $0.20 a month
 * for two alarms; a few executions a month are within what Step Functions gives free (4,000 transitions,
 * https://aws.amazon.com/step-functions/pricing/, November 2026).
 */
export function createEconomySwitch(scope: Construct, sources: AlarmSources): void {
  const own = new Construct(scope, 'economy');
  const { names, settings, actions } = sources;
  const deployment = deploymentOf(settings);
  const machine = createStateMachine(own, deployment, sources);
  const role = createRole(own, 'start', {
    name: starterRole(deployment),
    description: 'Starts the switch of economy mode',
    service: 'events.amazonaws.com',
    sourceArn: arnsOf(deployment).regional('events', `rule/${names.prefix}-*`),
    deployment,
    statements: startStatements(deployment),
  });
  const start = { machine, role: role.arn, names };
  createStart(own, 'on', {
    ...start,
    ...whenSpent(createSpentAlarm(own, sources)),
    input: { mode: 'on', by: 'the budget' },
  });
  createStart(own, 'off', {
    ...start,
    description: 'A new month has a new budget: economy mode ends',
    scheduleExpression: NOON_OF_THE_FIRST,
    input: { mode: 'off', by: 'the new month' },
  });
  createAlarm(own, 'failed', {
    name: `${names.economySwitch}-failed`,
    description: `Economy mode could not be switched: look at the executions of the state machine ${names.economySwitch}, then switch by npm run economy.`,
    readings: {
      failed: {
        metric: metric('AWS/States', 'ExecutionsFailed', { StateMachineArn: arnsOf(deployment).economySwitch }),
        stat: 'Sum',
      },
    },
    threshold: 0,
    periodSeconds: PERIOD_SECONDS,
    datapoints: 1,
    actions,
  });
}

function createStateMachine(
  own: Construct,
  deployment: Deployment,
  { names, settings }: AlarmSources,
): SfnStateMachine {
  const role = createRole(own, 'switch', {
    name: names.economySwitch,
    description: 'Switches economy mode and caps the workers',
    service: 'states.amazonaws.com',
    sourceArn: arnsOf(deployment).economySwitch,
    deployment,
    statements: switchStatements(deployment),
  });
  return new SfnStateMachine(own, 'state-machine', {
    name: names.economySwitch,
    roleArn: role.arn,
    definition: JSON.stringify(economyDefinition(names, settings.workers)),
    dependsOn: [role.policy],
  });
}

const createSpentAlarm = (own: Construct, { names, actions }: AlarmSources): CloudwatchMetricAlarm =>
  createAlarm(own, 'spent', {
    name: `${names.prefix}-budget-spent`,
    description:
      'The budget of this month is spent, and economy mode begins: npm run economy tells. That this alarm ends after some minutes does not end it.',
    readings: {
      notified: {
        metric: metric('AWS/SNS', 'NumberOfMessagesPublished', { TopicName: names.budgetTopic }),
        stat: 'Sum',
      },
    },
    threshold: 0,
    periodSeconds: PERIOD_SECONDS,
    datapoints: 1,
    actions,
  });

const whenSpent = ({ alarmName }: CloudwatchMetricAlarm) => ({
  description: 'The budget is spent: economy mode begins',
  eventPattern: JSON.stringify({
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { alarmName: [alarmName], state: { value: ['ALARM'] } },
  }),
});

interface StartProps {
  names: Names;
  machine: SfnStateMachine;
  role: string;
  description: string;
  eventPattern?: string;
  scheduleExpression?: string;
  input: SwitchInput;
}

function createStart(own: Construct, id: SwitchInput['mode'], props: StartProps): void {
  const { names, machine, role, input, ...when } = props;
  const rule = new CloudwatchEventRule(own, `${id}-rule`, { name: `${names.prefix}-economy-${id}`, ...when });
  new CloudwatchEventTarget(own, `${id}-start`, {
    rule: rule.name,
    targetId: 'switch',
    arn: machine.arn,
    roleArn: role,
    input: JSON.stringify(input),
  });
}

interface RoleProps {
  name: string;
  description: string;
  /** The AWS service that assumes the role, on behalf of the resource with this ARN and of no other account's. */
  service: string;
  sourceArn: string;
  deployment: Deployment;
  statements: readonly Statement[];
}

function createRole(own: Construct, id: string, props: RoleProps) {
  const { name, description, service, sourceArn, deployment, statements } = props;
  const role = new IamRole(own, `${id}-role`, {
    name,
    description,
    assumeRolePolicy: policyDocument({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': deployment.accountId },
        ArnLike: { 'aws:SourceArn': sourceArn },
      },
    }),
  });
  const policy = new IamRolePolicy(own, `${id}-role-policy`, {
    name: 'permissions',
    role: role.name,
    policy: policyDocument(...statements),
  });
  return { arn: role.arn, policy };
}
