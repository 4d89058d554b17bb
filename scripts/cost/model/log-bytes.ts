import { sum } from '../workloads/workload.ts';
import { requestsTo } from './compute/tasks-needed.ts';
import type { Context } from './context.ts';

/**
 * Bytes of log lines, as their test measures them, with the 26 that CloudWatch adds to each
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html, read 2026-11-30).
 */
export const LOG_BYTES = {
  /** A request (shared/http/request-log.ts). */
  request: 350,
  /** A rendition that is ready (containers/worker/rendition-attempt.ts). */
  rendition: 510,
  /** The metrics of a message (containers/worker/metrics/embedded-metric-format.ts), and what each rendition adds to them. */
  message: 1430,
  messageRendition: 245,
} as const;

/** Bytes that services log in a month, by service. */
export function logBytes({ services, traffic, workload }: Context): {
  byService: Record<string, number>;
  total: number;
} {
  const { processUpload, processRendition } = traffic.operations;
  const byService = Object.fromEntries(
    services.map(({ service, receivers }) => [
      service,
      receivers > 0
        ? (processUpload + processRendition) * LOG_BYTES.message +
          traffic.renditionsMade * (LOG_BYTES.messageRendition + LOG_BYTES.rendition)
        : requestsTo(service, traffic, workload) * LOG_BYTES.request,
    ]),
  );
  return { byService, total: sum(Object.values(byService)) };
}
