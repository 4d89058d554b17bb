import { COPIES } from '../../support/stacks/copies.ts';
import type { Fixed, Given } from './given-changes.ts';

const ANOTHER_ACCOUNT = '777788889999';
const ANOTHER_REGION = 'eu-north-1';
const REPLICA = 'storage.originalsReplica';
const BACKUPS = 'storage.tableBackups';

const OWNER = 'The owner of the other account runs `npm run -s copies` again';
const NEW_TARGET = `First the owner of the new account runs \`npm run -s copies\` there. Existing copies stay where they are.`;

/** Changes of the copies outside the account. The walk starts from prod with all copies. */
export const COPY_CHANGES: Record<string, Given[] | Fixed> = {
  'storage.forgottenDays': [
    {
      set: { 'storage.forgottenDays': 60 },
      todo: 'Users have been promised this period: change docs/privacy.md, and tell them. With fewer days, copies must be kept for a shorter time too.',
    },
  ],
  [REPLICA]: [
    {
      set: { [REPLICA]: 'off' },
      as: 'copies → none',
      todo: 'From then on new originals are not copied, and deletions do not reach existing copies, which the owner of the other account must delete.',
    },
  ],
  [`${REPLICA}.copyTo.accountId`]: [{ set: { [`${REPLICA}.copyTo.accountId`]: ANOTHER_ACCOUNT }, todo: NEW_TARGET }],
  [`${REPLICA}.copyTo.region`]: [
    {
      set: { [`${REPLICA}.copyTo.region`]: ANOTHER_REGION },
      todo: 'The bucket cannot move to another region, and its name cannot be used again while it exists: give another account too.',
    },
  ],
  [`${REPLICA}.lockedDays`]: [
    {
      set: { [`${REPLICA}.lockedDays`]: COPIES.originalsReplica.lockedDays + 1 },
      todo: `${OWNER}. Copies that are already locked stay locked for as long as before.`,
    },
  ],
  [`${REPLICA}.noncurrentDays`]: [
    { set: { [`${REPLICA}.noncurrentDays`]: COPIES.originalsReplica.noncurrentDays + 1 }, todo: `${OWNER}.` },
  ],
  [BACKUPS]: [
    {
      set: { [BACKUPS]: 'off' },
      as: 'backups → none',
      todo: 'An administrator must apply this, after `terraform state rm` of the vault and its lock, because a vault that contains backups cannot be deleted (see “Copies elsewhere”).',
      // copies.test.ts tests this change, with the steps that a person takes.
      planOnly: true,
    },
  ],
  [`${BACKUPS}.everyHours`]: [{ set: { [`${BACKUPS}.everyHours`]: 24 } }],
  [`${BACKUPS}.lock`]: [
    {
      set: { [`${BACKUPS}.lock`]: 'governance' },
      todo: 'Only an administrator can apply this, and only within three days of the creation of the lock; later the apply fails for everybody. The change from `governance` to `compliance` can be applied by an administrator at any time.',
      planOnly: true,
    },
  ],
  [`${BACKUPS}.copyTo`]: [{ set: { [`${BACKUPS}.copyTo`]: 'none' }, as: 'another account → none' }],
  [`${BACKUPS}.copyTo.accountId`]: [{ set: { [`${BACKUPS}.copyTo.accountId`]: ANOTHER_ACCOUNT }, todo: NEW_TARGET }],
  [`${BACKUPS}.copyTo.region`]: [{ set: { [`${BACKUPS}.copyTo.region`]: ANOTHER_REGION }, todo: NEW_TARGET }],
};
