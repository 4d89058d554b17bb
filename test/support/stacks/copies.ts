import type { CopyDestination, ReplicaSettings, TableBackupSettings } from '../../../stacks/environments/settings.ts';

/** Where copies go in tests. */
export const OUTSIDE: CopyDestination = { accountId: '444455556666', region: 'eu-central-1' };

/** Settings with all copies that there are, each with a place of its own: a clone of one object that is in two places is one again. */
export const COPIES: { originalsReplica: ReplicaSettings; tableBackups: TableBackupSettings } = {
  originalsReplica: { copyTo: { ...OUTSIDE }, lockedDays: 7, noncurrentDays: 30 },
  tableBackups: { everyHours: 6, keptDays: 30, lock: 'compliance', copyTo: { ...OUTSIDE } },
};
