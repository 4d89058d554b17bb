import { COPIES } from '../../support/stacks/copies.ts';
import { type Change, type Mistake, remove, set, setting } from './mistake.ts';

const REPLICATION = 'image-replication';
const PLAN = 'backup-plan';

/** Correct settings of copies, to make one mistake in. They are cloned because the next change alters them. */
const sound = (name: keyof typeof COPIES): Change => ({
  settings: (json) => setting(`storage.${name}`, structuredClone(COPIES[name])).settings?.(json),
});
const replica = sound('originalsReplica');
const backups = sound('tableBackups');

const replicaWith = (path: string, value: unknown): Change[] => [
  replica,
  setting(`storage.originalsReplica.${path}`, value),
];
const backupsWith = (path: string, value: unknown): Change[] => [
  backups,
  setting(`storage.tableBackups.${path}`, value),
];

export const COPY_MISTAKES: Mistake[] = [
  ['a replica in the same account', 'IMG-COPY-001', ...replicaWith('copyTo.accountId', '111122223333')],
  ['a replica in the same region', 'IMG-COPY-001', ...replicaWith('copyTo.region', 'us-east-1')],
  ['backups copied into the same account', 'IMG-COPY-001', ...backupsWith('copyTo.accountId', '111122223333')],
  ['a replica in an invalid account', 'IMG-COPY-002', ...replicaWith('copyTo.accountId', '4444')],
  ['copies of backups to an invalid region', 'IMG-COPY-002', ...backupsWith('copyTo.region', 'frankfurt')],
  ['copies locked for longer than users are promised', 'IMG-COPY-003', ...replicaWith('lockedDays', 365)],
  ['deleted copies kept for longer than users are promised', 'IMG-COPY-003', ...replicaWith('noncurrentDays', 36)],
  ['backups kept for longer than users are promised', 'IMG-COPY-003', ...backupsWith('keptDays', 90)],
  ['versions kept for longer than users are promised', 'IMG-COPY-003', setting('storage.noncurrentDays', 60)],
  ['a promise that the history of the table breaks', 'IMG-COPY-003', setting('storage.forgottenDays', 30)],
  ['a replica without a lock', 'IMG-COPY-004', ...replicaWith('lockedDays', 0)],
  ['a replica that keeps deleted images for a day', 'IMG-COPY-004', ...replicaWith('noncurrentDays', 1)],
  ['a lock of half a day', 'IMG-COPY-004', ...replicaWith('lockedDays', 0.5)],
  ['backups every five hours', 'IMG-COPY-005', ...backupsWith('everyHours', 5)],
  ['backups kept for a day', 'IMG-COPY-005', ...backupsWith('keptDays', 1)],
  ['a vault that outlives its environment', 'IMG-COPY-006', backups, setting('storage.disposable', true)],
  [
    'a lock that an attacker can remove',
    'IMG-COPY-007',
    ...backupsWith('lock', 'governance'),
    setting('storage.tableBackups.copyTo', 'none'),
  ],
  ['replication without versioning', 'IMG-COPY-008', replica, remove('image-bucket-versioning')],
  ['replication that does not wait for versioning', 'IMG-COPY-008', replica, set(REPLICATION, 'depends_on', [])],
  [
    'replication with suspended versioning',
    'IMG-COPY-008',
    replica,
    set('image-bucket-versioning', 'versioning_configuration', { status: 'Suspended' }),
  ],
  [
    'deletions that are not replicated',
    'IMG-COPY-009',
    replica,
    set(REPLICATION, 'rule.0.delete_marker_replication', { status: 'Disabled' }),
  ],
  ['a replica that is switched off', 'IMG-COPY-010', replica, set(REPLICATION, 'rule.0.status', 'Disabled')],
  ['a replica of renditions', 'IMG-COPY-010', replica, set(REPLICATION, 'rule.0.filter', { prefix: 'renditions/' })],
  ['a replica of everything', 'IMG-COPY-010', replica, set(REPLICATION, 'rule.0.filter', {})],
  ['replication without metrics', 'IMG-COPY-011', replica, set(REPLICATION, 'rule.0.destination.metrics', undefined)],
  ['a vault without a lock', 'IMG-COPY-012', backups, remove('backup-vault-lock')],
  ['a lock that keeps nothing', 'IMG-COPY-012', backups, set('backup-vault-lock', 'min_retention_days', undefined)],
  ['backups that never expire', 'IMG-COPY-013', backups, set(PLAN, 'rule.0.lifecycle', undefined)],
  [
    'copies of backups that never expire',
    'IMG-COPY-013',
    backups,
    set(PLAN, 'rule.0.copy_action.0.lifecycle', undefined),
  ],
  ['backups that expire before their lock', 'IMG-COPY-013', backups, set(PLAN, 'rule.0.lifecycle.delete_after', 5)],
  [
    'backups kept for less than the settings say',
    'IMG-SET-101',
    backups,
    set(PLAN, 'rule.0.lifecycle.delete_after', 8),
  ],
  ['backups that are copied nowhere', 'IMG-SET-101', backups, set(PLAN, 'rule.0.copy_action', [])],
  [
    'a lock that never becomes final',
    'IMG-SET-101',
    backups,
    set('backup-vault-lock', 'changeable_for_days', undefined),
  ],
  [
    'a replica in a bucket of another account',
    'IMG-SET-101',
    replica,
    set(REPLICATION, 'rule.0.destination.bucket', 'arn:aws:s3:::image-service-prod-replica-111122223333-999999999999'),
  ],
  ['a backup plan without a selection', 'IMG-COPY-014', backups, remove('backup-selection')],
  [
    'a backup plan for another table',
    'IMG-COPY-014',
    backups,
    set('backup-selection', 'resources', ['arn:aws:dynamodb:us-east-1:111122223333:table/x']),
  ],
];
