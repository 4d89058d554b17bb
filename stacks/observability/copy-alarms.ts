import { Construct } from 'constructs';
import { REPLICATION_RULE } from '../storage/image-replication.ts';
import { createAlarm, type Reading } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric } from './metrics.ts';

const FIVE_MINUTES = 300;
const HOUR = 3600;

/** Metrics of failed backup and copy jobs. Each failure leaves one backup missing. */
const FAILED_JOBS = {
  aborted: 'NumberOfBackupJobsAborted',
  expired: 'NumberOfBackupJobsExpired',
  failed: 'NumberOfBackupJobsFailed',
  copyFailed: 'NumberOfCopyJobsFailed',
} as const;

/** Creates alarms on copies that fail, if settings ask for copies. They look at one of the last three periods, because these metrics come late. */
export function createCopyAlarms(scope: Construct, sources: AlarmSources): void {
  const { originalsReplica, tableBackups } = sources.settings.storage;
  const own = new Construct(scope, 'copies');
  if (originalsReplica !== 'off') createReplicaAlarm(own, sources, originalsReplica.copyTo.accountId);
  if (tableBackups !== 'off') createBackupAlarm(own, sources);
}

/**
 * The metric of failed replication is in the region of the source, unlike that of pending replication
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html).
 */
function createReplicaAlarm(own: Construct, { names, actions }: AlarmSources, ownerId: string): void {
  const dimensions = {
    SourceBucket: names.bucket,
    DestinationBucket: names.replicaBucket(ownerId),
    RuleId: REPLICATION_RULE,
  };
  createAlarm(own, 'replica', {
    name: `${names.prefix}-originals-replica`,
    description:
      'Originals, or what was deleted, do not reach the bucket of the other account: look at its policy, its versioning and the role of the replication, then replicate again by S3 Batch Replication.',
    readings: { failed: { metric: metric('AWS/S3', 'OperationsFailedReplication', dimensions), stat: 'Sum' } },
    threshold: 0,
    periodSeconds: FIVE_MINUTES,
    datapoints: 1,
    periods: 3,
    actions,
  });
}

function createBackupAlarm(own: Construct, { names, actions }: AlarmSources): void {
  const readings = Object.entries(FAILED_JOBS).map(([id, name]): [string, Reading] => [
    id,
    { metric: metric('AWS/Backup', name, { BackupVaultName: names.backupVault }), stat: 'Sum' },
  ]);
  createAlarm(own, 'backup', {
    name: `${names.prefix}-table-backup`,
    description:
      'A backup of the table, or its copy, was not made: aws backup list-backup-jobs and list-copy-jobs tell why.',
    readings: Object.fromEntries(readings),
    expressions: { all: readings.map(([id]) => `FILL(${id}, 0)`).join(' + ') },
    threshold: 0,
    periodSeconds: HOUR,
    datapoints: 1,
    periods: 3,
    actions,
  });
}
