import { dev } from '../../../stacks/environments/dev.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings, StorageSettings } from '../../../stacks/environments/settings.ts';
import { staging } from '../../../stacks/environments/staging.ts';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';
import { PRICE_UNITS, type PriceName, quantity } from '../../../stacks/prices/price-units.ts';

/** What a comment says, with one figure in it, and what the price book makes of it. */
export type Row = readonly [text: string, figure: number];

/** The comments tell prices of this region, without what an account gets free. */
const book = readPriceBook('us-east-1', { allowances: false });

export const usd = (name: PriceName, amount = 1): number =>
  book.usd(name, quantity(amount, PRICE_UNITS[name]) as never);

export const HOURS = 730;
const GB = 2 ** 30;
export const MILLION = 1e6;

const gateway = usd('nat.hour', HOURS);
const endpoint = usd('endpoint.interface.hour', HOURS);

/** An hour of a task on Fargate with Graviton, of so many vCPUs and GiB. */
const task = (vcpus: number, gib: number): number =>
  usd('fargate.arm64.vcpu', vcpus) + usd('fargate.arm64.memory', gib);

const instance = (type: string): number => book.instance(type).onDemand;
const workers = ({ workers: { instanceTypes } }: EnvironmentSettings): number[] => instanceTypes.map(instance);
const mean = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0) / values.length;
const spotSaving = ({ workers: { instanceTypes } }: EnvironmentSettings): number =>
  100 * mean(instanceTypes.map((type) => book.instance(type).saving));

const units = (perSecond: number, kind: 'read' | 'write'): number =>
  usd(`dynamodb.on-demand.${kind}`, perSecond * 3600 * HOURS);
const ceilings = ({ maxWriteUnits, maxReadUnits }: StorageSettings): [writes: number, reads: number] => [
  units(maxWriteUnits, 'write'),
  units(maxReadUnits, 'read'),
];

/** The copies of a million originals of 3 MB. */
const copiedGb = (3e6 * MILLION) / GB;
const copyRequests = usd('s3.glacier-ir.put', MILLION);
const copyTransfer = usd('transfer.between-regions', copiedGb);
const copyStorage = usd('s3.glacier-ir.storage', copiedGb);
const copyMetrics = 4 * usd('cloudwatch.metric') + usd('cloudwatch.alarm.standard');

/** Daily backups of a GB that are kept for 35 days, for which AWS Backup asks what DynamoDB does, and what a month of them sends elsewhere. */
const backups = usd('dynamodb.backup', 35);
const backupTransfer = usd('transfer.between-regions', HOURS / 24);

const ACL: readonly Row[] = [
  ['$5 a month', usd('waf.acl')],
  ['$0.60 a million requests', usd('waf.request', MILLION)],
  ['$1 a rule', usd('waf.rule')],
];

const devCeilings = ceilings(dev.storage);
const stagingCeilings = ceilings(staging.storage);
const prodCeilings = ceilings(prod.storage);

/** Every figure of the comments in stacks/environments, by file. */
export const COMMENT_FIGURES: Readonly<Record<string, readonly Row[]>> = {
  'dev.ts': [
    ['Fargate: $0.0099 an hour', task(0.25, 0.5)],
    ['$7.20 a month for each task', task(0.25, 0.5) * HOURS],
    ['One NAT gateway costs $33 a month', gateway],
    ['The endpoints for this cost $102 a month', 7 * dev.network.zones.length * endpoint],
    ...ACL,
    ['4 GiB: $0.077 to', Math.min(...workers(dev))],
    ['to $0.103 an hour on demand', Math.max(...workers(dev))],
    ['on average 63 % less on spot', spotSaving(dev)],
    ['A rendition of 100 KiB costs $0.0000022 a month', usd('s3.standard.storage', (100 * 1024) / GB)],
    ['making it again $0.000005 for the request', usd('s3.standard.put')],
    ['about $330 for writes', devCeilings[0]],
    ['and $66 for reads', devCeilings[1]],
  ],
  'staging.ts': [
    ['Two gateways fewer than prod, $66 a month', 2 * gateway],
    ['Half a vCPU is $14.40 a month', task(0.5, 1) * HOURS],
    ['SHA-256. $53 a month and instance', instance('c7g.large') * HOURS],
    ['As in prod. $50 a month and instance', instance('c6g.large') * HOURS],
    ['rehearsed: $0.15 to', Math.min(...workers(staging))],
    ['to $0.21 an hour on demand', Math.max(...workers(staging))],
    ['on average 57 % less on spot', spotSaving(staging)],
    ['about $820 for writes', stagingCeilings[0]],
    ['and $330 for reads', stagingCeilings[1]],
  ],
  'prod.ts': [
    ['$33 a month and zone', gateway],
    ['The endpoints for this cost $153 a month', 7 * prod.network.zones.length * endpoint],
    ['$0.50 a GB; long enough', usd('cloudwatch.vended-logs')],
    ['$0.023 a GB and month', usd('s3.standard.storage')],
    ['$0.03 a GB and month.', usd('cloudwatch.logs.storage')],
    ...ACL,
    ['$29 a month and task', task(1, 2) * HOURS],
    ['$53 a month and instance', instance('c7g.large') * HOURS],
    ['$50 a month and instance', instance('c6g.large') * HOURS],
    ['in each zone: $0.15 to', Math.min(...workers(prod))],
    ['to $0.21 an hour on demand', Math.max(...workers(prod))],
    ['on average 57 % less on spot', spotSaving(prod)],
    ['$112 a month of the cheapest type', Math.min(...workers(prod)) * HOURS],
    ['At most $8.20 an hour', Math.max(...workers(prod)) * prod.workers.maxInstances],
    ['500 MB cost $11 a month', usd('s3.standard.storage', (1000 * 500e6) / GB)],
    ['one costs $0.0125 a GB and month', usd('s3.intelligent-tiering.infrequent.storage')],
    ['instead of $0.023, without', usd('s3.standard.storage')],
    ['$0.01 for 1,000 objects', usd('s3.intelligent-tiering.transition', 1000)],
    ['the $0.03 a GB that reading costs', usd('s3.glacier-ir.retrieval')],
    ['about $6,600 for writes', prodCeilings[0]],
    ['and $3,300 for reads', prodCeilings[1]],
    ['Copies cost $76 for', copyRequests + copyTransfer],
    ['then $12.50 a month', copyStorage + copyMetrics],
    ['35 days cost $3.50 a month', backups],
    ['and $7.60 with copies', 2 * backups + backupTransfer],
    ['$0.085 a GB', usd('cloudfront.transfer')],
    ['$0.01 for 10,000 requests', usd('cloudfront.https', 10_000)],
  ],
  'settings.ts': [
    ['`nat-per-zone`: $33 a month and zone', gateway],
    ['at $7.30 a month', endpoint],
    ['$175 a month in three zones', 8 * 3 * endpoint],
    ['$102 a month in two zones', 7 * 2 * endpoint],
    ['$153 in three', 7 * 3 * endpoint],
    ['and $0.01 a GB', usd('endpoint.interface.data')],
    ['0 for none ($0.50 a GB)', usd('cloudwatch.vended-logs')],
    ...ACL,
    ['Reading costs $0.03 a GB there', usd('s3.glacier-ir.retrieval')],
    ['cost $76 once', copyRequests + copyTransfer],
    ['$20 for requests', copyRequests],
    ['$56 for transfer between regions', copyTransfer],
    ['$11.20 a month for storage', copyStorage],
    ['and $1.30 for metrics and an alarm', copyMetrics],
    ['35 days, $3.50 a month', backups],
    ['$0.60 for their transfer', backupTransfer],
    ['and $0.40 for the alarm', 4 * usd('cloudwatch.alarm.standard')],
    ['load balancer, at $0.09 a GB', usd('transfer.out')],
    ['$0.03 a GB and month in CloudWatch', usd('cloudwatch.logs.storage')],
    ['after $0.50 a GB for writing', usd('cloudwatch.logs.ingest')],
  ],
};

/** Every sum in dollars in the part of a page that is kept by hand, by page. */
export const PAGE_FIGURES: Readonly<Record<string, readonly Row[]>> = {
  'infrastructure.md': [
    ['$0.02 for 1,000 requests into Glacier', usd('s3.glacier-ir.put', 1000)],
    ['requests into Glacier Instant Retrieval, $0.02 a GB for transfer', usd('transfer.between-regions')],
    ['Replication Time Control ($0.015 a GB)', usd('s3.replication-time-control')],
    ['S3, each month | $0.004 a GB', usd('s3.glacier-ir.storage')],
    ['$1.20 for the four metrics', 4 * usd('cloudwatch.metric')],
    ['$0.10 for each metric of an alarm', usd('cloudwatch.alarm.standard')],
    ['$0.10 a GB for every backup', usd('dynamodb.backup')],
    ['for each copy | $0.02 a GB', usd('transfer.between-regions')],
    ['$0.03 a GB from Glacier', usd('s3.glacier-ir.retrieval')],
    ['$0.15 a GB for the table', usd('dynamodb.restore')],
    ['3 MB cost $76 once', copyRequests + copyTransfer],
    ['then $11.20 a month', copyStorage],
    ['and $1.30 for metrics', copyMetrics],
    ['costs $3.50 a month', backups],
    ['with copies $7.60', 2 * backups + backupTransfer],
    ['its alarm costs $0.40', 4 * usd('cloudwatch.alarm.standard')],
  ],
};
