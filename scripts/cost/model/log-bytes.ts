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
  /** A line of the audit trail (shared/domain/audit-line.ts). */
  audit: 400,
  /** A rendition that is ready (containers/worker/rendition-attempt.ts). */
  rendition: 510,
  /** The metrics of a message (containers/worker/metrics/embedded-metric-format.ts), and what each rendition adds to them. */
  message: 1430,
  messageRendition: 245,
} as const;

/** Lines of a month in the audit trail: of whatever writes or deletes, of decisions of a webhook too, and of reads of private bytes. */
const auditedLines = ({ traffic: { operations, reads }, workload }: Context): number =>
  operations.uploadImage +
  operations.createUpload +
  operations.completeUpload +
  operations.requestRendition +
  operations.changeImage +
  operations.moderateImage +
  operations.tellModerator +
  operations.deleteImage +
  operations.deleteCachedImage +
  // No edge has a copy of a private image.
  (reads.original + reads.rendition) * workload.privateShare;

/** Bytes that services log in a month, by service, and of the audit trail. */
export function logBytes(context: Context): {
  byService: Record<string, number>;
  total: number;
} {
  const { services, traffic, workload } = context;
  const { processUpload, processRendition } = traffic.operations;
  const byService: Record<string, number> = Object.fromEntries(
    services.map(({ service, receivers }) => [
      service,
      receivers > 0
        ? (processUpload + processRendition) * LOG_BYTES.message +
          traffic.renditionsMade * (LOG_BYTES.messageRendition + LOG_BYTES.rendition)
        : requestsTo(service, traffic, workload) * LOG_BYTES.request,
    ]),
  );
  byService.audit = auditedLines(context) * LOG_BYTES.audit;
  return { byService, total: sum(Object.values(byService)) };
}
