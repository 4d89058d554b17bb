import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { WORKER_CAP } from '../../../shared/contracts/worker-cap.ts';
import { readEconomyMode } from '../../../shared/storage/table/economy-mode.ts';
import { actionsMatching } from '../../../stacks/checks/access/iam-actions.ts';
import { metricIdsOf, statesOf } from '../../support/stacks/cloud-watch/alarm-state.ts';
import { READINGS } from '../../support/stacks/cloud-watch/metric-math.ts';
import { type Arguments, all, only } from '../../support/stacks/entrance.ts';
import { matches } from '../../support/stacks/event-pattern.ts';
import { NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';
import { execute } from '../../support/stacks/state-machine.ts';
import { openLocalTable } from '../../support/storage/emulators.ts';

const { observability } = SETTINGS;
const atBudget = platform({ observability: { ...observability, economyMode: 'at-budget' } });
const byHand = platform({ observability: { ...observability, economyMode: 'by-hand' } });
const withoutEmails = platform({ observability: { ...observability, economyMode: 'at-budget', alarmEmails: [] } });

const spent = ({ notification_type, threshold }: Arguments) => notification_type === 'ACTUAL' && threshold === 100;
const definition = JSON.parse(only(atBudget, 'sfn_state_machine').definition);
const targets = all(atBudget, 'cloudwatch_event_target').filter(({ target_id }) => target_id === 'switch');

/** The rule whose target starts the state machine with a mode. */
function ruleOf(mode: 'on' | 'off'): Arguments {
  const target = targets.find(({ input }) => JSON.parse(input).mode === mode);
  const [, rule] =
    Object.entries(atBudget.resource.aws_cloudwatch_event_rule ?? {}).find(([id]) =>
      target?.rule.includes(`.${id}.`),
    ) ?? [];
  if (!rule) throw new Error(`nothing switches ${mode}`);
  return rule;
}
const inputOf = (mode: 'on' | 'off') => ({ mode, by: 'the test' });
const actionsOf = (mode: 'on' | 'off') =>
  execute(definition, inputOf(mode)).map(({ resource }) => resource.split(':').at(-1));

describe('economy mode at the budget', () => {
  it('is made of nothing where it is switched by hand', () => {
    expect(all(byHand, 'sfn_state_machine')).to.deep.equal([]);
    expect(JSON.stringify(byHand)).to.not.match(/economy|subscriber_sns_topic_arns/);
  });

  it('begins with a message of the budget when it is spent, and not before', () => {
    const notifications: Arguments[] = only(atBudget, 'budgets_budget').notification;
    const told = notifications.filter(({ subscriber_sns_topic_arns }) => subscriber_sns_topic_arns);
    expect(told.map(spent)).to.deep.equal([true]);
    expect(told[0]?.subscriber_email_addresses).to.deep.equal(observability.alarmEmails);
    const [alone, ...more] = only(withoutEmails, 'budgets_budget').notification;
    expect(more).to.deep.equal([]);
    expect(spent(alone)).to.equal(true);
    expect(alone).to.have.property('subscriber_sns_topic_arns').and.not.have.property('subscriber_email_addresses');
  });

  it('lets only budgets of the account publish to the topic', () => {
    const [topic] = Object.entries(atBudget.resource.aws_sns_topic ?? {}).filter(
      ([, { name }]) => name === NAMES.budgetTopic,
    );
    const policies = all(atBudget, 'sns_topic_policy').filter(({ arn }) => arn.includes(`.${topic?.[0]}.`));
    const { Statement } = JSON.parse(policies[0]?.policy);
    expect(Statement).to.have.length(1);
    expect(Statement[0]).to.deep.include({ Principal: { Service: 'budgets.amazonaws.com' }, Action: 'sns:Publish' });
    expect(Statement[0].Condition.StringEquals).to.deep.equal({ 'aws:SourceAccount': SETTINGS.accountId });
  });

  it('follows the alarm on that topic, when it begins and not when it ends', () => {
    const alarm = all(atBudget, 'cloudwatch_metric_alarm').find(({ namespace }) => namespace === 'AWS/SNS');
    expect(alarm?.dimensions).to.deep.equal({ TopicName: NAMES.budgetTopic });
    const pattern = JSON.parse(ruleOf('on').event_pattern);
    /** As in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html. */
    const event = (alarmName: string, value: string) => ({
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      detail: { alarmName, state: { value, timestamp: '2026-11-30T12:31:14.192+0000' } },
    });
    // The name is a reference to the alarm, which Terraform resolves.
    const [name] = pattern.detail.alarmName;
    const [id] = Object.entries(atBudget.resource.aws_cloudwatch_metric_alarm ?? {}).find(
      ([, each]) => each === alarm,
    ) ?? [''];
    expect(name).to.equal(`\${aws_cloudwatch_metric_alarm.${id}.alarm_name}`);
    expect(matches(pattern, event(name, 'ALARM'))).to.equal(true);
    expect(matches(pattern, event(name, 'OK'))).to.equal(false);
    expect(matches(pattern, event('another', 'ALARM'))).to.equal(false);
  });

  it('begins also if the one message is counted a period late, and never without one', () => {
    const alarms = all(atBudget, 'cloudwatch_metric_alarm').filter(({ namespace }) =>
      ['AWS/SNS', 'AWS/States'].includes(namespace),
    );
    expect(alarms).to.have.length(2);
    for (const alarm of alarms)
      for (const reading of READINGS)
        for (const late of [0, 1]) {
          const [id = ''] = metricIdsOf(alarm);
          const statesFor = (message: number | undefined) => {
            const counts = [...Array(10), message, ...Array(10)];
            return statesOf(alarm, { [id]: counts, samples: counts }, { late: { '*': late }, reading });
          };
          expect(statesFor(1).slice(10)).to.include('ALARM');
          expect(statesFor(1).at(-1)).to.equal('OK');
          expect(statesFor(undefined)).to.not.include('ALARM');
        }
  });

  it('ends with the month', () => {
    expect(ruleOf('off').schedule_expression).to.equal('cron(0 12 1 * ? *)');
  });

  it('caps the workers at a quarter of their tasks, and frees them again', () => {
    expect(actionsOf('on')).to.deep.equal(['putItem', 'putScheduledAction']);
    expect(actionsOf('off')).to.deep.equal([
      'putItem',
      'putScheduledAction',
      'deleteScheduledAction',
      'registerScalableTarget',
    ]);
    const calls = execute(definition, inputOf('off'));
    const { minTasks, maxTasks } = SETTINGS.workers;
    const target = all(atBudget, 'appautoscaling_target').find(({ max_capacity }) => max_capacity === maxTasks) ?? {};
    expect(calls[1]?.parameters).to.deep.include({
      ServiceNamespace: target.service_namespace,
      ScalableDimension: target.scalable_dimension,
      ...WORKER_CAP,
      ScalableTargetAction: { MaxCapacity: Math.max(minTasks, maxTasks / 4) },
    });
    expect(calls[3]?.parameters).to.include({ MaxCapacity: maxTasks });
    for (const { parameters } of calls.slice(1))
      expect(parameters.ResourceId).to.equal(`service/${NAMES.cluster}/${NAMES.service('worker')}`);
  });

  it('may do what the state machine does and nothing else', () => {
    const { policy } = all(atBudget, 'iam_role_policy').find(({ policy }) => policy.includes('LeadingKeys')) ?? {};
    const allowed: string[] = JSON.parse(policy).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    const done = actionsOf('off').map((action) => action?.toLowerCase());
    const unused = allowed.flatMap(actionsMatching).filter(({ action }) => {
      const [, name = ''] = action.toLowerCase().split(':');
      // Application Auto Scaling asks for both on behalf of its caller.
      return !done.includes(name) && !['ecs:DescribeServices', 'ecs:UpdateService'].includes(action);
    });
    expect(unused).to.deep.equal([]);
    for (const action of done) expect(allowed.join().toLowerCase()).to.include(`:${action}`);
  });

  it('writes the item that the services follow', async () => {
    const { table, close } = await openLocalTable();
    for (const mode of ['on', 'off'] as const) {
      const [put] = execute(definition, inputOf(mode));
      expect(put?.parameters.TableName).to.equal(NAMES.table);
      const Item = put?.parameters.Item as Record<string, { S: string }>;
      await table.documents.send(new PutItemCommand({ TableName: table.tableName, Item }));
      expect(await readEconomyMode(table)).to.deep.equal({
        mode,
        changedAt: '2026-11-30T12:31:14.192Z',
        changedBy: 'the test',
      });
    }
    await close();
  });
});
