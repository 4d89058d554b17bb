import { HOURS, MILLION, type Row, usd } from './comment-figures.ts';

const TB = 1000;
const NAT = usd('nat.hour', HOURS);
const VOLUME: Row = ['$0.08 a GB and month', usd('ebs.gp3.storage')];
const KMS: readonly Row[] = [
  ['KMS key costs $1 a month', usd('kms.key')],
  ['$0.03 for 10,000 requests', usd('kms.request', 10_000)],
];
const CUSTOMER_KEY: Row = ['a customer key costs $1 a month', usd('kms.key')];
const THROUGH_NAT: Row = ['NAT, at $0.045 a GB', usd('nat.data')];

/** Every sum in dollars in the files of stacks, beside those of settings, and what the price book makes of it. */
export const SOURCE_FIGURES: Readonly<Record<string, readonly Row[]>> = {
  'accepted-findings.ts': [
    ...KMS,
    CUSTOMER_KEY,
    ['Flow logs cost $0.50 a GB', usd('cloudwatch.vended-logs')],
    ['A log of all requests costs $0.50 a GB', usd('cloudwatch.vended-logs')],
  ],
  'checks/compute/launch-template-argument-checks.ts': [VOLUME],
  'checks/edge/cdn-argument-checks.ts': [['cost $0.02 a GB more', usd('cloudfront.to-origin')]],
  'checks/edge/web-acl-checks.ts': [['It costs $5 a month', usd('waf.acl')]],
  'checks/network/network-argument-checks.ts': [['each address costs $3.65 a month', usd('ec2.public-ipv4', HOURS)]],
  'checks/network/network-checks.ts': [
    ['costs $0.01 an hour and zone', usd('endpoint.interface.hour')],
    ['and $0.01 a GB; the gateway', usd('endpoint.interface.data')],
    THROUGH_NAT,
  ],
  'checks/network/route-checks.ts': [
    THROUGH_NAT,
    ['Each NAT gateway costs $33 a month', NAT],
    ['traffic between zones costs $0.01 a GB', usd('transfer.between-zones')],
  ],
  'checks/non-disposable-checks.ts': [['Each further one costs $33 a month', NAT]],
  'checks/observability/log-checks.ts': [['$0.03 a GB and month', usd('cloudwatch.logs.storage')]],
  'compute/fleet.ts': [VOLUME],
  'edge/cdn-functions.ts': [['cost $0.10 a million', usd('cloudfront.function', MILLION)]],
  'foundation/container-repositories.ts': [['$0.10 a GB and month', usd('ecr.storage')]],
  'network/vpc-endpoints.ts': [['NAT takes $0.045 a GB', usd('nat.data')]],
  'observability/alarm-topic.ts': [CUSTOMER_KEY],
  'observability/alarm.ts': [
    ['Each costs $0.10 a month', usd('cloudwatch.alarm.standard')],
    ['which names them. $0.50 a month', usd('cloudwatch.alarm.composite')],
  ],
  'observability/dashboard.ts': [['$3 a month', usd('cloudwatch.dashboard')]],
  'observability/economy-switch.ts': [['$0.20 a month for two alarms', 2 * usd('cloudwatch.alarm.standard')]],
  'observability/access-metrics.ts': [['Each metric costs $0.30 a month', usd('cloudwatch.metric')]],
  'observability/worker-metrics.ts': [['Each metric costs $0.30 a month', usd('cloudwatch.metric')]],
  'ranges/other-ranges.ts': [
    ['$0.50 a GB for writing', usd('cloudwatch.logs.ingest')],
    ['$0.03 a GB and month for keeping', usd('cloudwatch.logs.storage')],
    ['each TB costs $23 a month', usd('s3.standard.storage', TB)],
    ['instead of $12.50 in the tier', usd('s3.standard-ia.storage', TB)],
    ['one read of a TB costs $30', usd('s3.glacier-ir.retrieval', TB)],
    ['saves only $19 a month', usd('s3.standard.storage', TB) - usd('s3.glacier-ir.storage', TB)],
    ['a NAT gateway alone cost $50', usd('alb.hour', HOURS) + NAT],
  ],
  'storage/bucket.ts': KMS,
  'storage/image-lifecycle.ts': [
    ['A transition costs $10 a million', usd('s3.intelligent-tiering.transition', MILLION)],
    ['($2.50 a million objects and month)', usd('s3.intelligent-tiering.monitoring', MILLION)],
  ],
  'storage/image-replication.ts': [
    ['They cost $0.004 a GB', usd('s3.glacier-ir.storage')],
    ["instead of Standard's $0.023", usd('s3.standard.storage')],
    ['CloudWatch, $0.30 each', usd('cloudwatch.metric')],
  ],
  'storage/image-table.ts': [['This costs $0.20 a GB and month', usd('dynamodb.pitr')]],
  'storage/processing-queues.ts': [['($0.40 a million requests)', usd('sqs.standard.request', MILLION)]],
};
