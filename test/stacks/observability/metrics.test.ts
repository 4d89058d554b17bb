import { expect } from 'chai';
import { MESSAGE_METRICS } from '../../../containers/worker/metrics/cloudwatch-metrics.ts';
import { embeddedMetricLine } from '../../../containers/worker/metrics/embedded-metric-format.ts';
import { ERRORS } from '../../../shared/domain/errors.ts';
import { openAuditLog } from '../../../shared/runtime/audit-log.ts';
import { API_SERVICES } from '../../../stacks/environments/settings.ts';
import { ACCESS_METRICS } from '../../../stacks/observability/access-metrics.ts';
import { EMITTED_METRICS, metric } from '../../../stacks/observability/metrics.ts';
import { WORKER_METRICS, type WorkerMetricName } from '../../../stacks/observability/worker-metrics.ts';
import { messageMeasurements, renditionMeasurements } from '../../support/measurements.ts';
import { auditLine } from '../../support/services/audit-lines.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';
import { COPIES, OUTSIDE } from '../../support/stacks/copies.ts';
import { type Arguments, all } from '../../support/stacks/entrance.ts';
import { figuresOfAlarms, figuresOfDashboards, figuresOfScaling } from '../../support/stacks/figures.ts';
import { NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';
import { storageStack } from '../../support/stacks/storage.ts';

const synthesised = platform();
const storage = storageStack({ storage: COPIES });
const figures = [
  ...figuresOfAlarms(synthesised),
  ...figuresOfAlarms(platform({ workers: { minTasks: 0 } })),
  ...figuresOfAlarms(platform({ storage: { ...SETTINGS.storage, ...COPIES } })),
  ...figuresOfAlarms(platform({ observability: { ...SETTINGS.observability, economyMode: 'at-budget' } })),
  ...figuresOfScaling(synthesised),
  ...figuresOfDashboards(synthesised),
];
const filters = all(synthesised, 'cloudwatch_log_metric_filter');

/** The sets of dimensions with which a metric is emitted. */
function setsOf(namespace: string, name: string): readonly (readonly string[])[] {
  const table: Record<string, { metrics: Record<string, readonly (readonly string[])[]> }> = EMITTED_METRICS;
  const isOurs = filters.some(({ metric_transformation: own }) => own.namespace === namespace && own.name === name);
  return isOurs ? [[]] : (table[namespace]?.metrics[name] ?? []);
}

describe('metrics that alarms, scaling and dashboards read', () => {
  it('are emitted with exactly those dimensions', () => {
    expect(figures).to.have.length.above(80);
    for (const { by, namespace, name, dimensions } of figures) {
      const sets = setsOf(namespace, name).map((set) => [...set].sort().join());
      expect(sets, `${by}: ${namespace} ${name}`).to.include(Object.keys(dimensions).sort().join());
    }
  });

  it('are exactly the metrics of the table', () => {
    const read = new Set(figures.map(({ namespace, name }) => `${namespace} ${name}`));
    const listed = Object.entries(EMITTED_METRICS).flatMap(([namespace, { metrics }]) =>
      Object.keys(metrics).map((name) => `${namespace} ${name}`),
    );
    const own = Object.keys({ ...WORKER_METRICS, ...ACCESS_METRICS }).map((name) => `${NAMES.prefix} ${name}`);
    expect([...read]).to.have.members([...listed, ...own]);
  });

  it('have a source in AWS’s documentation', () => {
    for (const { source } of Object.values(EMITTED_METRICS))
      expect(source).to.match(/^https:\/\/docs\.aws\.amazon\.com\//);
  });

  it('do not compile under another name or without their dimensions', () => {
    // @ts-expect-error: CloudWatch has it as UnHealthyHostCount
    metric('AWS/ApplicationELB', 'UnhealthyHostCount', { LoadBalancer: 'a', TargetGroup: 'b' });
    // @ts-expect-error: kept for each operation, not for the table
    metric('AWS/DynamoDB', 'SystemErrors', { TableName: 'a' });
  });

  it('name resources that the stacks create', () => {
    const names = (type: string, attribute = 'name', from = synthesised) =>
      all(from, type).map((each) => each[attribute]);
    const made: Record<string, string[]> = {
      ServiceName: names('ecs_service'),
      CapacityProviderName: names('ecs_capacity_provider'),
      AutoScalingGroupName: names('autoscaling_group'),
      RuleName: names('cloudwatch_event_rule'),
      QueueName: names('sqs_queue', 'name', storage),
      TableName: names('dynamodb_table', 'name', storage),
      BucketName: names('s3_bucket', 'bucket', storage),
      SourceBucket: names('s3_bucket', 'bucket', storage),
      DestinationBucket: [NAMES.replicaBucket(OUTSIDE.accountId)],
      RuleId: all(storage, 's3_bucket_replication_configuration')
        .flatMap(({ rule }) => rule)
        .map(({ id }) => id),
      BackupVaultName: names('backup_vault', 'name', storage),
    };
    for (const { by, dimensions } of figures) {
      for (const [dimension, value] of Object.entries(dimensions)) {
        if (made[dimension] && !value.startsWith('$')) expect(made[dimension], by).to.include(value);
        if (value.startsWith('$'))
          expect(value, by).to.match(/^\$\{aws_(lb|lb_target_group|ecs_cluster|ecs_service|cloudfront_distribution)\./);
      }
    }
  });
});

describe('metrics of the workers', () => {
  const message = messageMeasurements({
    renditions: ['ready', 'failed', 'returned'].map((outcome) =>
      renditionMeasurements({ outcome: outcome as 'ready' }),
    ),
  });
  const line: Arguments = JSON.parse(embeddedMetricLine(message));

  for (const [name, unit] of Object.entries(WORKER_METRICS)) {
    it(`are read from a number in a line that a worker writes: ${name}`, () => {
      expect(line[name]).to.be.a('number');
      expect(MESSAGE_METRICS[name as WorkerMetricName].unit).to.equal(unit);
      const own = filters.find(({ metric_transformation }) => metric_transformation.name === name);
      expect(own?.pattern).to.equal(`{ $.${name} = * }`);
      expect(own?.metric_transformation).to.include({ value: `$.${name}`, unit });
    });
  }

  it('come from the log of one environment’s workers', () => {
    for (const { log_group_name, metric_transformation } of filters) {
      if (metric_transformation.name in ACCESS_METRICS) continue;
      expect(log_group_name).to.match(/^\$\{aws_cloudwatch_log_group\.worker_/);
      expect(metric_transformation.namespace).to.equal(NAMES.prefix);
    }
  });
});

describe('metrics of who calls', () => {
  const own = filters.filter(({ metric_transformation: { name } }) => name in ACCESS_METRICS);

  it('are counted in the log of each service of the API', () => {
    for (const [name, pattern] of Object.entries(ACCESS_METRICS)) {
      const filtersOf = own.filter(({ metric_transformation }) => metric_transformation.name === name);
      expect(filtersOf.map((each) => each.pattern)).to.deep.equal(API_SERVICES.map(() => pattern));
      for (const service of API_SERVICES) {
        const isOfService = (each: Arguments) =>
          each.log_group_name.includes(`aws_cloudwatch_log_group.${service}_log`);
        expect(filtersOf.filter(isOfService), `${name} of ${service}`).to.have.length(1);
      }
    }
  });

  it('look for codes and messages that services log', async () => {
    const lines: LogLine[] = [];
    const audit = openAuditLog({ deliver: () => Promise.reject(new Error('no')), logger: logInto(lines, 'download') });
    audit.write(auditLine('a'));
    await audit.stop();
    const [lost] = lines.filter(({ audit: line }) => line);
    expect(ACCESS_METRICS.AuditLinesLost).to.equal(`{ $.msg = "${lost?.msg}" }`);
    const codes = Object.values(ACCESS_METRICS).flatMap((pattern) =>
      [...pattern.matchAll(/code = "(\w+)"/g)].map(([, code]) => code),
    );
    expect(codes.filter((code) => code !== 'jwks_stale' && !(String(code) in ERRORS))).to.deep.equal([]);
  });

  it('have patterns that CloudWatch takes', () => {
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html, read 2026-11-30
    for (const pattern of Object.values(ACCESS_METRICS)) expect(pattern.length).to.be.at.most(1024);
  });
});
