import { expect } from 'chai';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { SERVICE_PERMISSIONS } from '../../../stacks/access/service-permissions.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { API_SERVICES } from '../../../stacks/environments/settings.ts';
import { lateSeconds } from '../../../stacks/observability/queue-alarms.ts';
import { TABLE_OPERATIONS } from '../../../stacks/observability/storage-alarms.ts';
import { type Arguments, all } from '../../support/stacks/entrance.ts';
import { ecsService, NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';

const synthesised = platform();
const withoutEmails = platform({ observability: { ...SETTINGS.observability, alarmEmails: [] } });
const alarms = all(synthesised, 'cloudwatch_metric_alarm');
const composites = all(synthesised, 'cloudwatch_composite_alarm');

const alarmNamed = (name: string): Arguments => {
  const found = alarms.find(({ alarm_name }) => alarm_name === name);
  if (!found) throw new Error(`no alarm ${name}`);
  return found;
};

/** The name of the alarm that a reference points to. */
const referred = (reference: string): string => {
  const id = /aws_cloudwatch_metric_alarm\.([\w-]+)\.alarm_name/.exec(reference)?.[1] ?? '';
  return synthesised.resource.aws_cloudwatch_metric_alarm?.[id]?.alarm_name;
};

const childrenOf = ({ alarm_rule }: Arguments): string[] =>
  [...alarm_rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, reference]) => referred(reference));

describe('alarms', () => {
  it('have unique names that the apply role may use, and descriptions in sentences', () => {
    const names = [...alarms, ...composites].map(({ alarm_name }) => alarm_name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { alarm_name, alarm_description } of [...alarms, ...composites]) {
      expect(alarm_name).to.match(/^image-service-test-/);
      expect(alarm_description).to.match(/\.$/);
    }
  });

  it('notify somebody, either directly or through exactly one composite alarm', () => {
    const spoken = composites.flatMap(childrenOf);
    expect(new Set(spoken).size).to.equal(spoken.length);
    for (const { alarm_name, alarm_actions = [] } of alarms) {
      expect(alarm_actions.length + Number(spoken.includes(alarm_name)), alarm_name).to.equal(1);
    }
    for (const { alarm_name, alarm_actions, ok_actions } of composites) {
      expect(alarm_actions, alarm_name).to.have.length(1);
      expect(ok_actions, alarm_name).to.deep.equal(alarm_actions);
    }
  });

  it('are combined in composites only by OR', () => {
    for (const { alarm_rule, alarm_name } of composites)
      for (const part of alarm_rule.split(' OR ')) expect(part, alarm_name).to.match(/^ALARM\("[^"]+"\)$/);
  });

  it('watch the right queue', () => {
    const queueOf = (name: string) => alarmNamed(name).dimensions.QueueName;
    expect(queueOf(`${NAMES.service('worker')}-late`)).to.equal(NAMES.queue);
    expect(queueOf(`${NAMES.prefix}-dead-letters`)).to.equal(NAMES.deadLetterQueue);
  });

  it('notify every address through a topic in their own region', () => {
    const topics = Object.entries(synthesised.resource.aws_sns_topic ?? {});
    const subscriptions = all(synthesised, 'sns_topic_subscription');
    for (const { alarm_name, alarm_actions = [], provider } of alarms) {
      for (const action of alarm_actions) {
        const [id, topic] = topics.find(([name]) => action === `\${aws_sns_topic.${name}.arn}`) ?? [];
        expect(topic?.provider, alarm_name).to.equal(provider);
        const subscribed = subscriptions.filter(({ topic_arn }) => topic_arn === `\${aws_sns_topic.${id}.arn}`);
        expect(subscribed.map(({ endpoint }) => endpoint)).to.deep.equal(SETTINGS.observability.alarmEmails);
        for (const { protocol, provider: own } of subscribed)
          expect([protocol, own]).to.deep.equal(['email', provider]);
      }
    }
    expect(topics).to.have.length(2);
  });

  it('exist without a topic if there are no mail addresses', () => {
    expect(all(withoutEmails, 'cloudwatch_metric_alarm')).to.have.length(alarms.length);
    expect(all(withoutEmails, 'sns_topic')).to.deep.equal([]);
    for (const alarm of [
      ...all(withoutEmails, 'cloudwatch_metric_alarm'),
      ...all(withoutEmails, 'cloudwatch_composite_alarm'),
    ]) {
      expect(alarm).to.not.have.any.keys('alarm_actions', 'ok_actions');
    }
  });

  it('stay within the limits of CloudWatch: ten metrics, a day, periods of whole minutes', () => {
    for (const { alarm_name, metric_query = [], ...alarm } of alarms) {
      const periods: number[] = [
        ...(alarm.period ? [alarm.period] : []),
        ...metric_query.flatMap(({ metric }: Arguments) => (metric ? [metric.period] : [])),
      ];
      expect(new Set(periods).size, alarm_name).to.equal(1);
      expect(periods.length, alarm_name).to.be.at.most(10);
      expect(Number(periods[0]) % 60).to.equal(0);
      expect(Number(periods[0]) * alarm.evaluation_periods).to.be.at.most(24 * 60 * 60);
      expect(alarm.datapoints_to_alarm).to.be.at.most(alarm.evaluation_periods);
      const keeps = /(dead-letters|-certificate)$/.test(alarm_name);
      expect(alarm.treat_missing_data, alarm_name).to.equal(keeps ? 'ignore' : 'notBreaching');
      // All alarms go off above a threshold, except those on the remaining days of certificates.
      const isDays = alarm_name.endsWith('-certificate');
      expect(alarm.comparison_operator, alarm_name).to.equal(`${isDays ? 'Less' : 'Greater'}ThanThreshold`);
    }
  });
});

describe('alarms of deployments', () => {
  for (const service of SERVICE_NAMES) {
    it(`roll ${service} back for its own faults, and decide within five minutes`, () => {
      const { alarm_names, enable, rollback } = ecsService(synthesised, service).alarms;
      expect([enable, rollback]).to.deep.equal([true, true]);
      const kind = service === 'worker' ? 'failures' : '5xx';
      expect(alarm_names.map(referred)).to.deep.equal([`${NAMES.service(service)}-${kind}`]);
      // Before ECS completes a deployment it watches the alarms for as long as they look back.
      const { evaluation_periods, metric_query } = alarmNamed(`${NAMES.service(service)}-${kind}`);
      expect(evaluation_periods * metric_query[0].metric.period).to.be.at.most(300);
    });
  }
});

describe('alarms of faults', () => {
  it('go off while most requests still succeed', () => {
    for (const service of SERVICE_NAMES) {
      const kind = service === 'worker' ? 'failures' : '5xx';
      expect(alarmNamed(`${NAMES.service(service)}-${kind}`).threshold, service).to.be.within(1, 25);
    }
  });
});

describe('alarms of the API', () => {
  it('watch faults, latency, health and tasks of every service', () => {
    for (const service of API_SERVICES) {
      for (const kind of ['5xx', 'latency', 'unhealthy', 'tasks-missing'])
        alarmNamed(`${NAMES.service(service)}-${kind}`);
      const latency = alarmNamed(`${NAMES.service(service)}-latency`);
      expect(latency).to.include({ extended_statistic: 'p99', evaluate_low_sample_count_percentiles: 'ignore' });
    }
  });
});

describe('alarms of capacity', () => {
  it('watch every fleet', () => {
    const fleets = all(synthesised, 'ecs_capacity_provider').map(({ name }) => name);
    const watched = alarms.filter(({ metric_name }) => metric_name === 'CapacityProviderReservation');
    expect(watched.map(({ dimensions }) => dimensions.CapacityProviderName)).to.have.members(fleets);
  });

  it('are separate for API and workers, so that a lack of spot capacity hides nothing', () => {
    const of = (name: string) => childrenOf(composites.find(({ alarm_name }) => alarm_name === name) ?? {});
    const workers = of(`${NAMES.service('worker')}-capacity`);
    const api = of(`${NAMES.prefix}-capacity`);
    expect(workers).to.have.length(2);
    expect(workers.every((name) => name.startsWith(NAMES.service('worker')))).to.equal(true);
    expect(api.some((name) => name.startsWith(NAMES.service('worker')))).to.equal(false);
  });
});

describe('alarms of the workers', () => {
  it('go off only after a message has waited longer than scaling may take', () => {
    const { threshold } = alarmNamed(`${NAMES.service('worker')}-late`);
    expect(threshold).to.equal(lateSeconds(SETTINGS.workers));
    for (const { workers } of ENVIRONMENTS) expect(lateSeconds(workers)).to.be.above(workers.acceptableLatencySeconds);
  });
});

describe('alarms of the table', () => {
  it('watch every operation that services may call', () => {
    const allowed = Object.values(SERVICE_PERMISSIONS)
      .flat()
      .flatMap(({ actions }) => actions)
      .filter((action) => action.startsWith('dynamodb:') && action !== 'dynamodb:DescribeTable')
      .map((action) => action.slice('dynamodb:'.length));
    expect(TABLE_OPERATIONS).to.have.members([...new Set(allowed)]);
    for (const kind of ['throttles', 'system-errors']) {
      const { metric_query } = alarmNamed(`${NAMES.prefix}-table-${kind}`);
      const operations = metric_query.flatMap(({ metric }: Arguments) => (metric ? [metric.dimensions.Operation] : []));
      expect(operations).to.deep.equal(TABLE_OPERATIONS);
    }
  });
});

describe('alarms at the edge', () => {
  const AT_THE_EDGE = [`${NAMES.prefix}-cdn-5xx`, `${NAMES.prefix}-cdn-certificate`];

  it('are in us-east-1, where a CDN’s metrics are, wherever the environment is', () => {
    const edge = alarms.filter(({ provider }) => provider === 'aws.edge').map(({ alarm_name }) => alarm_name);
    expect(edge).to.have.members(AT_THE_EDGE);
    expect(alarms.filter(({ provider }) => provider)).to.have.length(edge.length);
  });

  it('need no second topic in us-east-1 or without a CDN', () => {
    const there = platform({ region: 'us-east-1' });
    expect(all(there, 'sns_topic')).to.have.length(1);
    expect(all(there, 'cloudwatch_metric_alarm').some(({ provider }) => provider)).to.equal(false);
    const without = platform({ cdn: { ...SETTINGS.cdn, enabled: false } });
    expect(all(without, 'sns_topic')).to.have.length(1);
    expect(all(without, 'cloudwatch_metric_alarm')).to.have.length(alarms.length - AT_THE_EDGE.length);
  });
});
