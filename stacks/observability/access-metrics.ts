import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js';
import { Construct } from 'constructs';
import { AUDIT_LINE_LOST } from '../../shared/contracts/audit.ts';
import type { Names } from '../../shared/contracts/names.ts';
import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { Metric } from './metrics.ts';

/** Why a credential is refused. */
const AUTHENTICATION_CODES: readonly ErrorCode[] = ['unauthenticated', 'token_invalid', 'token_expired'];

/** Limits of owners and addresses that are reached. */
const QUOTA_CODES: readonly ErrorCode[] = [
  'too_many_requests',
  'too_many_requests_from_address',
  'too_many_uploads',
  'too_many_uploads_at_once',
  'storage_quota_reached',
  'image_quota_reached',
  'rendition_quota_reached',
  'processing_quota_reached',
];

const requestsWith = (codes: readonly ErrorCode[]): string =>
  `{ ($.msg = "request") && (${codes.map((code) => `($.code = "${code}")`).join(' || ')}) }`;

/** What is counted of the lines of the API's services, by the lines that match. */
export const ACCESS_METRICS = {
  AuthenticationFailures: requestsWith(AUTHENTICATION_CODES),
  QuotaHits: requestsWith(QUOTA_CODES),
  AuditLinesLost: `{ $.msg = "${AUDIT_LINE_LOST}" }`,
  StaleIssuerKeys: '{ $.code = "jwks_stale" }',
} as const;

export type AccessMetricName = keyof typeof ACCESS_METRICS;

/** A metric of all services of the API of one environment, counted from their logs. */
export const accessMetric = ({ prefix }: Pick<Names, 'prefix'>, metricName: AccessMetricName): Metric => ({
  namespace: prefix,
  metricName,
});

/** Counts the lines of these log groups, which must exist. Each metric costs $0.30 a month, and only if it has a value. */
export function createAccessMetrics(
  scope: Construct,
  { names, logGroups }: { names: Names; logGroups: Readonly<Record<string, string>> },
): void {
  const own = new Construct(scope, 'access-metrics');
  for (const [service, logGroupName] of Object.entries(logGroups)) {
    for (const [name, pattern] of Object.entries(ACCESS_METRICS)) {
      new CloudwatchLogMetricFilter(own, `${service}-${name}`, {
        name: `${names.service(service)}-${name}`,
        logGroupName,
        pattern,
        metricTransformation: { ...nameOf(names, name as AccessMetricName), value: '1', unit: 'Count' },
      });
    }
  }
}

function nameOf(names: Names, metricName: AccessMetricName) {
  const { namespace, metricName: name } = accessMetric(names, metricName);
  return { namespace, name };
}
