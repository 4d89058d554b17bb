import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';

/**
 * The log group of the audit trail, with its own retention. It is here and not in the platform, because it tells what was done to what is stored, and so
 * outlives what serves it: where storage is not disposable, a destroy leaves it.
 */
export function createAuditLog(
  scope: Construct,
  { settings, names }: { settings: EnvironmentSettings; names: Names },
): void {
  new CloudwatchLogGroup(scope, 'audit-log', {
    name: names.auditLog,
    retentionInDays: settings.observability.auditDays,
    skipDestroy: !settings.storage.disposable,
  });
}
