import type { CopyDestination, ReplicaSettings, TableBackupSettings } from '../../../stacks/environments/settings.ts';

/** The destination of copies in tests. */
export const OUTSIDE: CopyDestination = { accountId: '444455556666', region: 'eu-central-1' };

/** Settings with all copies, each with its own object: structuredClone keeps an object that is used twice as one. */
export const COPIES: { originalsReplica: ReplicaSettings; tableBackups: TableBackupSettings } = {
  originalsReplica: { copyTo: { ...OUTSIDE }, lockedDays: 7, noncurrentDays: 30 },
  tableBackups: { everyHours: 6, keptDays: 30, lock: 'compliance', copyTo: { ...OUTSIDE } },
};
