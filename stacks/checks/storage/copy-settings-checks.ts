import type { CopyDestination, EnvironmentSettings, StorageSettings } from '../../environments/settings.ts';
import { POINT_IN_TIME_DAYS } from '../../storage/image-table.ts';
import { LEAST_KEPT_DAYS } from '../../storage/table-backup.ts';
import type { SettingsCheck } from '../check.ts';

/** Hours that divide a day, because a schedule of other intervals would start again at midnight. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24];

/** Long enough to notice a mistake that was made at the beginning of a holiday. The lock of a vault has the same minimum. */
const LEAST_DAYS = LEAST_KEPT_DAYS;

const replicaOf = ({ originalsReplica }: StorageSettings) =>
  originalsReplica === 'off' ? undefined : originalsReplica;
const backupsOf = ({ tableBackups }: StorageSettings) => (tableBackups === 'off' ? undefined : tableBackups);

/** The destinations of copies, by setting. */
function destinationsOf({ storage }: EnvironmentSettings): [setting: string, place: CopyDestination][] {
  const places = { originalsReplica: replicaOf(storage)?.copyTo, tableBackups: backupsOf(storage)?.copyTo };
  return Object.entries(places).flatMap(([name, place]): [string, CopyDestination][] =>
    place === undefined || place === 'none' ? [] : [[`storage.${name}.copyTo`, place]],
  );
}

/** How long each copy may keep an image after its deletion, by setting. */
function retentionDaysOf({ storage }: EnvironmentSettings): [setting: string, days: number][] {
  const [replica, backups] = [replicaOf(storage), backupsOf(storage)];
  const stays: Record<string, number | undefined> = {
    'storage.noncurrentDays': storage.noncurrentDays,
    'the history of the table': POINT_IN_TIME_DAYS,
    'storage.originalsReplica.lockedDays': replica?.lockedDays,
    'storage.originalsReplica.noncurrentDays': replica?.noncurrentDays,
    'storage.tableBackups.keptDays': backups?.keptDays,
  };
  return Object.entries(stays).flatMap(([name, days]): [string, number][] =>
    days === undefined ? [] : [[name, days]],
  );
}

/** Settings of copies in other accounts and regions. */
export const COPY_SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-COPY-001',
    reason:
      'The loss of the region, or an intruder in the account, would destroy the copies together with the environment.',
    remedy: 'set copyTo to another region, and to an account for which nobody in the environment has credentials.',
    find: (settings) =>
      destinationsOf(settings).flatMap(([name, { accountId, region }]) => [
        ...(accountId === settings.accountId ? [`${name} is in the environment’s own account`] : []),
        ...(region === settings.region ? [`${name} is in the environment’s own region`] : []),
      ]),
  },
  {
    id: 'IMG-COPY-002',
    reason: 'Names and ARNs are built from it, and mistakes in them are found when the first copy fails.',
    remedy: 'give the twelve digits of the account as a string, and a region such as eu-central-1.',
    find: (settings) =>
      destinationsOf(settings)
        .filter(([, { accountId, region }]) => !/^\d{12}$/.test(accountId) || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
        .map(([name, { accountId, region }]) => `${name} is account "${accountId}", region "${region}"`),
  },
  {
    id: 'IMG-COPY-003',
    reason:
      'Users are promised, in docs/privacy.md, that deleted images are gone after storage.forgottenDays, and nobody can delete locked copies earlier.',
    remedy: 'lower the days, or raise storage.forgottenDays and tell users.',
    find: (settings) =>
      retentionDaysOf(settings)
        .filter(([, days]) => days > settings.storage.forgottenDays)
        .map(
          ([name, days]) => `${name} keeps ${days} days, storage.forgottenDays is ${settings.storage.forgottenDays}`,
        ),
  },
  {
    id: 'IMG-COPY-004',
    reason:
      'Without Object Lock, one mistake in the other account deletes all copies, and copies that expire within days are gone before anybody notices.',
    remedy: `set lockedDays to 1 or more and noncurrentDays to ${LEAST_DAYS} or more, in whole days.`,
    find({ storage }) {
      const { lockedDays = 1, noncurrentDays = LEAST_DAYS } = replicaOf(storage) ?? {};
      const isRight = lockedDays >= 1 && noncurrentDays >= LEAST_DAYS;
      const areWhole = Number.isInteger(lockedDays) && Number.isInteger(noncurrentDays);
      return !(isRight && areWhole) && `lockedDays is ${lockedDays}, noncurrentDays ${noncurrentDays}`;
    },
  },
  {
    id: 'IMG-COPY-005',
    reason: 'AWS Backup would refuse the plan, or the last good backup would be gone before anybody notices.',
    remedy: `set everyHours to one of ${HOURS.join(', ')}, and keptDays to ${LEAST_DAYS} or more.`,
    find({ storage }) {
      const { everyHours = 24, keptDays = LEAST_DAYS } = backupsOf(storage) ?? {};
      const isRight = HOURS.includes(everyHours) && Number.isInteger(keptDays) && keptDays >= LEAST_DAYS;
      return !isRight && `tableBackups: everyHours is ${everyHours}, keptDays ${keptDays}`;
    },
  },
  {
    id: 'IMG-COPY-006',
    reason: 'Nobody can destroy a vault with a compliance lock before its last backup has expired.',
    remedy: "set lock to 'governance' if storage is disposable.",
    find: ({ storage }) =>
      storage.disposable &&
      backupsOf(storage)?.lock === 'compliance' &&
      'lock is compliance, but storage is disposable',
  },
  {
    id: 'IMG-COPY-007',
    reason:
      'An intruder in the account can remove the lock and then the backups, because a governance lock protects only from mistakes.',
    remedy: "set lock to 'compliance', or copyTo to a vault in another account.",
    find: ({ storage }) => {
      const { lock, copyTo } = backupsOf(storage) ?? {};
      return (
        !storage.disposable &&
        lock === 'governance' &&
        copyTo === 'none' &&
        'tableBackups are locked by governance only'
      );
    },
  },
];
