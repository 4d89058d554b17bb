import type { CopyDestination, EnvironmentSettings, StorageSettings } from '../../environments/settings.ts';
import { POINT_IN_TIME_DAYS } from '../../storage/image-table.ts';
import { LEAST_KEPT_DAYS } from '../../storage/table-backup.ts';
import type { SettingsCheck } from '../check.ts';

/** Hours that divide a day: a schedule of others would begin anew every midnight. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24];

/** Days within which somebody notices what went wrong at the beginning of a holiday; a vault's lock asks for as many. */
const LEAST_DAYS = LEAST_KEPT_DAYS;

const replicaOf = ({ originalsReplica }: StorageSettings) =>
  originalsReplica === 'off' ? undefined : originalsReplica;
const backupsOf = ({ tableBackups }: StorageSettings) => (tableBackups === 'off' ? undefined : tableBackups);

/** Where copies are to go, by the setting that says so. */
function destinationsOf({ storage }: EnvironmentSettings): [setting: string, place: CopyDestination][] {
  const places = { originalsReplica: replicaOf(storage)?.copyTo, tableBackups: backupsOf(storage)?.copyTo };
  return Object.entries(places).flatMap(([name, place]): [string, CopyDestination][] =>
    place === undefined || place === 'none' ? [] : [[`storage.${name}.copyTo`, place]],
  );
}

/** For how long each copy may have what a user has deleted, by the setting that says so. */
function staysOf({ storage }: EnvironmentSettings): [setting: string, days: number][] {
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

/** Copies outside the environment's account and region, as the settings want them. */
export const COPY_SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-COPY-001',
    reason:
      'What ends the environment, the loss of its region or somebody in its account, would end its copies with it.',
    remedy: 'give copyTo an account that nobody of the environment has credentials of, and another region.',
    find: (settings) =>
      destinationsOf(settings).flatMap(([name, { accountId, region }]) => [
        ...(accountId === settings.accountId ? [`${name} is in the environment’s own account`] : []),
        ...(region === settings.region ? [`${name} is in the environment’s own region`] : []),
      ]),
  },
  {
    id: 'IMG-COPY-002',
    reason: 'Names and ARNs are written from it; what is wrong in them is found when the first copy fails.',
    remedy: 'give the twelve digits of the account as a string, and a region such as eu-central-1.',
    find: (settings) =>
      destinationsOf(settings)
        .filter(([, { accountId, region }]) => !/^\d{12}$/.test(accountId) || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
        .map(([name, { accountId, region }]) => `${name} is account "${accountId}", region "${region}"`),
  },
  {
    id: 'IMG-COPY-003',
    reason:
      'Users are promised, in docs/privacy.md, that what they have deleted is gone by then, and what is locked nobody can remove earlier.',
    remedy: 'lower the days, or promise less: raise storage.forgottenDays, and tell users.',
    find: (settings) =>
      staysOf(settings)
        .filter(([, days]) => days > settings.storage.forgottenDays)
        .map(
          ([name, days]) => `${name} keeps ${days} days, storage.forgottenDays is ${settings.storage.forgottenDays}`,
        ),
  },
  {
    id: 'IMG-COPY-004',
    reason:
      'Without Object Lock one mistake in the other account removes every copy; and what goes within days is gone before anybody has noticed.',
    remedy: `give a lockedDays of 1 or more, and a noncurrentDays of ${LEAST_DAYS} or more, in whole days.`,
    find({ storage }) {
      const { lockedDays = 1, noncurrentDays = LEAST_DAYS } = replicaOf(storage) ?? {};
      const isRight = lockedDays >= 1 && noncurrentDays >= LEAST_DAYS;
      const areWhole = Number.isInteger(lockedDays) && Number.isInteger(noncurrentDays);
      return !(isRight && areWhole) && `lockedDays is ${lockedDays}, noncurrentDays ${noncurrentDays}`;
    },
  },
  {
    id: 'IMG-COPY-005',
    reason: 'AWS Backup would refuse the plan, or the last good backup be gone before anybody has noticed.',
    remedy: `give an everyHours of ${HOURS.join(', ')}, and a keptDays of ${LEAST_DAYS} or more.`,
    find({ storage }) {
      const { everyHours = 24, keptDays = LEAST_DAYS } = backupsOf(storage) ?? {};
      const isRight = HOURS.includes(everyHours) && Number.isInteger(keptDays) && keptDays >= LEAST_DAYS;
      return !isRight && `tableBackups: everyHours is ${everyHours}, keptDays ${keptDays}`;
    },
  },
  {
    id: 'IMG-COPY-006',
    reason: 'A vault that is locked for good cannot be destroyed before its last backup has expired, by nobody.',
    remedy: "set lock to 'governance' where storage is disposable.",
    find: ({ storage }) =>
      storage.disposable && backupsOf(storage)?.lock === 'compliance' && 'lock is compliance, and storage disposable',
  },
  {
    id: 'IMG-COPY-007',
    reason: 'Whoever has the account takes the lock away, and then the backups: it is a lock against mistakes only.',
    remedy: "set lock to 'compliance', or copyTo a vault of another account.",
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
