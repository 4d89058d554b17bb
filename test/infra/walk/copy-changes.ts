import { COPIES } from '../../support/stacks/copies.ts';
import type { Fixed, Given } from './given-changes.ts';

const ANOTHER_ACCOUNT = '777788889999';
const ANOTHER_REGION = 'eu-north-1';
const REPLICA = 'storage.originalsReplica';
const BACKUPS = 'storage.tableBackups';

const OWNER = 'The owner of the other account runs `npm run -s copies` again';
const NEW_PLACE = `${OWNER} there, before it is applied here. What is in the old place stays there.`;

/** Changes of the copies outside the account. The walk starts from prod with all copies. */
export const COPY_CHANGES: Record<string, Given[] | Fixed> = {
  'storage.forgottenDays': [
    {
      set: { 'storage.forgottenDays': 60 },
      todo: 'Users are promised it: change docs/privacy.md, and tell them. Fewer days want shorter copies.',
    },
  ],
  [REPLICA]: [
    {
      set: { [REPLICA]: 'off' },
      as: 'copies → none',
      todo: 'New originals are not copied from then on, and deletions do not reach the copies that there are: their owner ends those.',
    },
  ],
  [`${REPLICA}.copyTo.accountId`]: [{ set: { [`${REPLICA}.copyTo.accountId`]: ANOTHER_ACCOUNT }, todo: NEW_PLACE }],
  [`${REPLICA}.copyTo.region`]: [
    {
      set: { [`${REPLICA}.copyTo.region`]: ANOTHER_REGION },
      todo: 'The bucket does not move, and its name is taken while it is there: give another account too.',
    },
  ],
  [`${REPLICA}.lockedDays`]: [
    {
      set: { [`${REPLICA}.lockedDays`]: COPIES.originalsReplica.lockedDays + 1 },
      todo: `${OWNER}; copies that are locked already keep their days.`,
    },
  ],
  [`${REPLICA}.noncurrentDays`]: [
    { set: { [`${REPLICA}.noncurrentDays`]: COPIES.originalsReplica.noncurrentDays + 1 }, todo: `${OWNER}.` },
  ],
  [BACKUPS]: [
    {
      set: { [BACKUPS]: 'off' },
      as: 'backups → none',
      todo: 'An administrator applies it, after `terraform state rm` of the vault and its lock: a vault with backups in it cannot be destroyed (see “Copies elsewhere”).',
      // copies.test.ts tests this change, with the steps that a person takes.
      planOnly: true,
    },
  ],
  [`${BACKUPS}.everyHours`]: [{ set: { [`${BACKUPS}.everyHours`]: 24 } }],
  [`${BACKUPS}.lock`]: [
    {
      set: { [`${BACKUPS}.lock`]: 'governance' },
      todo: 'Within three days of the lock alone, by an administrator; later nobody can, and the apply fails. From `governance` to `compliance` an administrator applies it whenever.',
      planOnly: true,
    },
  ],
  [`${BACKUPS}.copyTo`]: [{ set: { [`${BACKUPS}.copyTo`]: 'none' }, as: 'another account → none' }],
  [`${BACKUPS}.copyTo.accountId`]: [{ set: { [`${BACKUPS}.copyTo.accountId`]: ANOTHER_ACCOUNT }, todo: NEW_PLACE }],
  [`${BACKUPS}.copyTo.region`]: [{ set: { [`${BACKUPS}.copyTo.region`]: ANOTHER_REGION }, todo: NEW_PLACE }],
};
