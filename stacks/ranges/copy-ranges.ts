import { POINT_IN_TIME_DAYS } from '../storage/image-table.ts';
import { dollars, INSTANT_GB_MONTH } from './prices.ts';
import type { Range } from './range.ts';

/** The price of DynamoDB backups per GB and month: https://aws.amazon.com/backup/pricing/ */
const BACKUP_GB_MONTH = 0.1;

const S3 = 'https://aws.amazon.com/s3/pricing/: Glacier Instant Retrieval';

/** The ranges for copies outside the account, and for how long they may contain anything of a deleted image. */
export const COPY_RANGES: Range[] = [
  {
    setting: 'storage.forgottenDays',
    least: POINT_IN_TIME_DAYS,
    most: 90,
    low: () => `the history of the table alone is kept for ${POINT_IN_TIME_DAYS} days, and IMG-COPY-003 refuses less`,
    high: (days) => `what users delete may stay for ${days} days, which they may not expect and laws may forbid`,
    source: 'stacks/storage/image-table.ts and docs/privacy.md',
  },
  {
    setting: 'storage.originalsReplica.lockedDays',
    least: 2,
    most: 30,
    low: () => 'an attacker with access to the other account too can delete the copies of yesterday',
    high: (days) => `nobody can remove a copy for ${days} days, not even what a court wants gone`,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html',
  },
  {
    setting: 'storage.originalsReplica.noncurrentDays',
    least: 7,
    most: 90,
    low: (days) => `malicious or mistaken deletions must be noticed within ${days} days`,
    high: (days) =>
      `each TB of deleted copies costs ${dollars((1000 * INSTANT_GB_MONTH * days) / 30)} until it is gone, and users may not expect it`,
    source: S3,
  },
  {
    setting: 'storage.tableBackups.keptDays',
    least: 7,
    most: 90,
    low: (days) => `what broke before a holiday is in every backup after ${days} days, and a lock keeps each longer`,
    high: (days) =>
      `${days} daily backups of a table of 10 GB cost ${dollars(10 * BACKUP_GB_MONTH * days)} a month, and their copies as much`,
    source: 'https://aws.amazon.com/backup/pricing/',
  },
];
