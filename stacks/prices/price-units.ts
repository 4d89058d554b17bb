/** What amounts are counted in. GB is 2^30 bytes, as AWS bills it, and a month has 730 hours. */
export type Unit =
  | 'GB-month'
  | 'GB'
  | 'request'
  | 'hour'
  | 'vCPU-hour'
  | 'GB-hour'
  | 'LCU-hour'
  | 'object-month'
  | 'IOPS-month'
  | 'MiBps-month'
  | 'read unit'
  | 'write unit'
  | 'RCU-hour'
  | 'WCU-hour'
  | 'path'
  | 'line'
  | 'ACL-month'
  | 'rule-month'
  | 'metric-month'
  | 'metric'
  | 'alarm-month'
  | 'dashboard-month'
  | 'message'
  | 'event'
  | 'budget-day'
  | 'image'
  | 'key-month';

/** Everything that is priced, other than instances, with the unit in which it is. Names are `service.item.what`, so that `s3.*` is all of S3. */
export const PRICE_UNITS = {
  'ebs.gp3.storage': 'GB-month',
  'ebs.gp3.iops': 'IOPS-month',
  'ebs.gp3.throughput': 'MiBps-month',
  'ec2.public-ipv4': 'hour',
  'ec2.t3.surplus-credits': 'vCPU-hour',
  'ec2.t4g.surplus-credits': 'vCPU-hour',
  'fargate.x86_64.vcpu': 'vCPU-hour',
  'fargate.x86_64.memory': 'GB-hour',
  'fargate.arm64.vcpu': 'vCPU-hour',
  'fargate.arm64.memory': 'GB-hour',
  'fargate.ephemeral-storage': 'GB-hour',
  'fargate-spot.x86_64.vcpu': 'vCPU-hour',
  'fargate-spot.x86_64.memory': 'GB-hour',
  'fargate-spot.arm64.vcpu': 'vCPU-hour',
  'fargate-spot.arm64.memory': 'GB-hour',
  's3.standard.storage': 'GB-month',
  's3.standard.put': 'request',
  's3.standard.get': 'request',
  's3.intelligent-tiering.frequent.storage': 'GB-month',
  's3.intelligent-tiering.infrequent.storage': 'GB-month',
  's3.intelligent-tiering.archive-instant.storage': 'GB-month',
  's3.intelligent-tiering.archive.storage': 'GB-month',
  's3.intelligent-tiering.deep-archive.storage': 'GB-month',
  's3.intelligent-tiering.monitoring': 'object-month',
  's3.intelligent-tiering.put': 'request',
  's3.intelligent-tiering.get': 'request',
  's3.intelligent-tiering.transition': 'request',
  's3.standard-ia.storage': 'GB-month',
  's3.standard-ia.put': 'request',
  's3.standard-ia.get': 'request',
  's3.standard-ia.transition': 'request',
  's3.standard-ia.retrieval': 'GB',
  's3.glacier-ir.storage': 'GB-month',
  's3.glacier-ir.put': 'request',
  's3.glacier-ir.get': 'request',
  's3.glacier-ir.transition': 'request',
  's3.glacier-ir.retrieval': 'GB',
  's3.replication-time-control': 'GB',
  'transfer.out': 'GB',
  'transfer.between-zones': 'GB',
  'transfer.between-regions': 'GB',
  'sqs.standard.request': 'request',
  'dynamodb.on-demand.write': 'write unit',
  'dynamodb.on-demand.read': 'read unit',
  'dynamodb.provisioned.write': 'WCU-hour',
  'dynamodb.provisioned.read': 'RCU-hour',
  'dynamodb.storage': 'GB-month',
  'dynamodb.pitr': 'GB-month',
  'dynamodb.backup': 'GB-month',
  'dynamodb.restore': 'GB',
  'alb.hour': 'hour',
  'alb.lcu': 'LCU-hour',
  'nat.hour': 'hour',
  'nat.data': 'GB',
  'endpoint.interface.hour': 'hour',
  'endpoint.interface.data': 'GB',
  'cloudfront.transfer': 'GB',
  'cloudfront.to-origin': 'GB',
  'cloudfront.https': 'request',
  'cloudfront.http': 'request',
  'cloudfront.function': 'request',
  'cloudfront.invalidation': 'path',
  'cloudfront.origin-shield': 'request',
  'cloudfront.real-time-log': 'line',
  'waf.acl': 'ACL-month',
  'waf.rule': 'rule-month',
  'waf.request': 'request',
  'cloudwatch.logs.ingest': 'GB',
  'cloudwatch.logs.infrequent.ingest': 'GB',
  'cloudwatch.logs.storage': 'GB-month',
  'cloudwatch.logs.insights': 'GB',
  'cloudwatch.vended-logs': 'GB',
  'cloudwatch.vended-logs.to-s3': 'GB',
  'cloudwatch.metric': 'metric-month',
  'cloudwatch.container-insights.metric': 'metric-month',
  'cloudwatch.get-metric-data': 'metric',
  'cloudwatch.request': 'request',
  'cloudwatch.alarm.standard': 'alarm-month',
  'cloudwatch.alarm.high-resolution': 'alarm-month',
  'cloudwatch.alarm.composite': 'alarm-month',
  'cloudwatch.dashboard': 'dashboard-month',
  'ecr.storage': 'GB-month',
  'sns.request': 'request',
  'sns.email': 'message',
  'eventbridge.custom-event': 'event',
  'budgets.budget': 'budget-day',
  'budgets.action-budget': 'budget-day',
  'backup.s3.storage': 'GB-month',
  'backup.s3.restore': 'GB',
  'backup.dynamodb.storage': 'GB-month',
  'backup.dynamodb.restore': 'GB',
  'inspector.ecr.first-scan': 'image',
  'inspector.ecr.rescan': 'image',
  'kms.key': 'key-month',
  'kms.request': 'request',
} as const satisfies Record<string, Unit>;

export type PriceName = keyof typeof PRICE_UNITS;

/** The unit in which a price is. */
export type UnitOf<N extends PriceName> = (typeof PRICE_UNITS)[N];

/** An amount that says what it counts, so that gigabytes cannot be priced as requests. */
export interface Quantity<U extends Unit = Unit> {
  readonly amount: number;
  readonly unit: U;
}

export const quantity = <const U extends Unit>(amount: number, unit: U): Quantity<U> => ({ amount, unit });
