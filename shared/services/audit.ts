import { randomUUID } from 'node:crypto';
import type { Environment } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';
import { type AuditLog, openAuditLog } from '../runtime/audit-log.ts';
import { createLogsClient } from '../runtime/clients.ts';
import type { Logger } from '../runtime/logger.ts';
import { openAuditFile } from '../storage/audit-file.ts';
import { openAuditLogGroup } from '../storage/audit-log-group.ts';

export type AuditSettings = Pick<Environment, 'AWS_REGION'> &
  Partial<Pick<Environment, 'AUDIT_LOG_GROUP' | 'AUDIT_LOG_FILE' | 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'>>;

interface AuditOptions {
  service: ServiceName;
  config: AuditSettings;
  logger: Logger;
}

/** Opens the audit trail where the settings want it: in a log group, in a file, or between the lines of the usual log. */
export async function openAudit({ service, config, logger }: AuditOptions): Promise<AuditLog> {
  const { AUDIT_LOG_GROUP, AUDIT_LOG_FILE } = config;
  if (AUDIT_LOG_GROUP) {
    const logs = await createLogsClient(config);
    const names = { logGroupName: AUDIT_LOG_GROUP, logStreamName: `${service}/${randomUUID()}` };
    return openAuditLog({ deliver: openAuditLogGroup({ logs, ...names }), logger });
  }
  // A file takes lines at once, so nothing is gained by gathering them.
  if (AUDIT_LOG_FILE) return openAuditLog({ deliver: openAuditFile(AUDIT_LOG_FILE), logger, limits: { gatherMs: 0 } });
  return { write: (line) => logger.info({ audit: line }, 'audit'), stop: async () => undefined };
}
