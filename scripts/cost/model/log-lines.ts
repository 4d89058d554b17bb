import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import { DAYS_A_MONTH } from '../workloads/workload.ts';
import { type Billed, kept, scaled, used } from './charge.ts';
import type { Context } from './context.ts';
import { flowLogBytes } from './flow-log-bytes.ts';
import { balancedRequests } from './load-balancer-lines.ts';
import { logBytes } from './log-bytes.ts';
import { callsInMonth } from './request-lines.ts';
import type { Resource } from './resource.ts';

/** CloudWatch bills what it stores compressed, to this share in the examples of https://aws.amazon.com/cloudwatch/pricing/ (read 2026-11-30). */
const COMPRESSED_SHARE = 0.15;

const months = (days: unknown, { month }: Context): number => Math.min(month, Number(days) / DAYS_A_MONTH);

/** The lines that services write into a log group, and the group's storage. */
export function logGroupLines({ address, values }: Resource, context: Context): Billed[] {
  const service = String(values.name).split('/').at(-1) ?? '';
  const isFlowLog = service === 'flow-logs';
  const bytes = isFlowLog ? flowLogBytes(context) : used(logBytes(context).byService[service] ?? 0);
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    area: 'logs and alarms',
    item: `Log of ${service}: ${item}`,
    resource: address,
    how,
    charges: [charge],
  });
  const stored = (bytes.typical / GB) * COMPRESSED_SHARE * months(values.retention_in_days, context);
  return [
    line('writing', isFlowLog ? 'records of connections' : 'lines of requests, messages and renditions', {
      price: isFlowLog ? 'cloudwatch.vended-logs' : 'cloudwatch.logs.ingest',
      amount: scaled(bytes, 1 / GB),
    }),
    line('storage', `${values.retention_in_days} days, compressed to ${COMPRESSED_SHARE}`, {
      price: 'cloudwatch.logs.storage',
      amount: kept(stored),
    }),
  ];
}

/** Bytes of a line of an access log as it is stored: those of load balancer and CDN are compressed, those of S3 are not. Assumed. */
const ACCESS_LOG_BYTES = { 'load balancer': 120, CDN: 90, S3: 700 };

const isLogging = (values: Values, block: string): boolean => {
  const [found] = [values[block] ?? []].flat();
  return found !== undefined && found.enabled !== false;
};

/** What an hour of each kind of access log takes in the log bucket. */
export function accessLogLines({ address }: Resource, context: Context, expirationDays: number): Billed[] {
  const { resources, traffic } = context;
  const has = (type: string, isOn: (resource: Resource) => boolean) =>
    resources.some((resource) => resource.type === type && isOn(resource));
  const logs: [kind: keyof typeof ACCESS_LOG_BYTES, isOn: boolean, requests: number][] = [
    ['load balancer', has('aws_lb', ({ values }) => isLogging(values, 'access_logs')), balancedRequests(context)],
    [
      'CDN',
      has('aws_cloudfront_distribution', ({ values }) => isLogging(values, 'logging_config')),
      traffic.reads.original + traffic.reads.rendition,
    ],
    [
      'S3',
      has('aws_s3_bucket_logging', ({ name }) => name.startsWith('image-bucket')),
      callsInMonth(context, ({ service }) => service === 's3'),
    ],
  ];
  return logs
    .filter(([, isOn]) => isOn)
    .map(([kind, , requests]) => ({
      area: 'logs and alarms',
      item: `Access log of ${kind}: storage`,
      resource: address,
      how: `${Math.round(requests)} requests of ${ACCESS_LOG_BYTES[kind]} bytes, kept for ${expirationDays} days`,
      charges: [
        {
          price: 's3.standard.storage',
          amount: kept(((requests * ACCESS_LOG_BYTES[kind]) / GB) * months(expirationDays, context)),
        },
      ],
    }));
}
