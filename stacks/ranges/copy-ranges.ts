import { POINT_IN_TIME_DAYS } from '../storage/image-table.ts';
import { dollars, gbMonth } from './prices.ts';
import type { Range } from './range.ts';

/** The price of DynamoDB backups per GB and month: https://aws.amazon.com/backup/pricing/ */
const BACKUP_GB_MONTH = 0.1;

const S3 = 'https://aws.amazon.com/s3/pricing/ (Glacier Instant Retrieval)';

/** The ranges for copies outside the account, and for how long they may contain anything of a deleted image. */
export const COPY_RANGES: Range[] = [
  {
    setting: 'storage.forgottenDays',
    least: POINT_IN_TIME_DAYS,
    most: 90,
    low: () => `IMG-COPY-003 fails, because the history of the table alone is kept for ${POINT_IN_TIME_DAYS} days`,
    high: (days) => `what users delete may be kept for ${days} days, which they may not expect and laws may forbid`,
    source: 'stacks/storage/image-table.ts and docs/privacy.md',
  },
  {
    setting: 'storage.originalsReplica.lockedDays',
    least: 2,
    most: 30,
    low: () => 'an attacker who has access to the other account too can delete the copies of yesterday',
    high: (days) => `nobody can remove a copy for ${days} days, even if a court demands it`,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html',
  },
  {
    setting: 'storage.originalsReplica.noncurrentDays',
    least: 7,
    most: 90,
    low: (days) => `malicious or mistaken deletions must be noticed within ${days} days`,
    high: (days) =>
      `each TB of deleted copies costs ${dollars((gbMonth('s3.glacier-ir.storage', 1000) * days) / 30)} until it is deleted, and users may not expect it`,
    source: S3,
  },
  {
    setting: 'storage.tableBackups.keptDays',
    least: 7,
    most: 90,
    low: (days) => `a fault from before a holiday is in every backup that is left after ${days} days`,
    high: (days) =>
      `${days} daily backups of a table of 10 GB cost ${dollars(10 * BACKUP_GB_MONTH * days)} a month, and their copies as much`,
    source: 'https://aws.amazon.com/backup/pricing/',
  },
];
