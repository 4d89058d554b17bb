import { Construct } from 'constructs';
import { type AccessMetricName, accessMetric } from './access-metrics.ts';
import { createAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';

interface AccessAlarm {
  id: string;
  metric: AccessMetricName;
  description: string;
  /** How many in five minutes are still usual. */
  threshold: number;
  /** Periods of five minutes with more. */
  datapoints: number;
}

/** What a person should look at of who calls, and of the trail of it. */
const ALARMS: readonly AccessAlarm[] = [
  {
    id: 'auth-failures',
    metric: 'AuthenticationFailures',
    description:
      'More than one request a second is refused for its credentials: a caller whose key has ended, or somebody who guesses. The lines of the log with the code `unauthenticated`, `token_invalid` or `token_expired` have addresses.',
    threshold: 300,
    datapoints: 2,
  },
  {
    id: 'quota-hits',
    metric: 'QuotaHits',
    description:
      'Owners or addresses reach their limits. The code of a log line tells which, and the audit trail who; `api.limits` sets them.',
    threshold: 300,
    datapoints: 2,
  },
  {
    id: 'audit-lost',
    metric: 'AuditLinesLost',
    description:
      'The audit trail takes no lines. They are in the log of the service, in `audit` of lines at the level error, for as long as that is kept: look for what PutLogEvents answers.',
    threshold: 0,
    datapoints: 1,
  },
  {
    id: 'jwks-stale',
    metric: 'StaleIssuerKeys',
    description:
      'The keys of an issuer could not be fetched for a day. Its tokens are answered with 503 until they can: the log names the issuer.',
    threshold: 0,
    datapoints: 1,
  },
];

/** Creates alarms on refused callers, reached limits, and a trail or keys that fail. */
export function createAccessAlarms(scope: Construct, { names, actions }: AlarmSources): void {
  const own = new Construct(scope, 'access');
  for (const { id, metric, description, threshold, datapoints } of ALARMS) {
    createAlarm(own, id, {
      name: `${names.prefix}-${id}`,
      description,
      readings: { lines: { metric: accessMetric(names, metric), stat: 'Sum' } },
      threshold,
      periodSeconds: 300,
      datapoints,
      periods: datapoints + 1,
      actions,
    });
  }
}
