import { QUEUE_TIMING } from './queue-timing.ts';

/**
 * The image table's shape: its creation by Terraform and on one machine, and every query, read it here. On demand; names have three
 * characters or more because emulators demand DynamoDB's documented minimum for tables of indexes as well.
 *
 * | pk                             | sk               | holds                                              |
 * |--------------------------------|------------------|----------------------------------------------------|
 * | IMAGE#<imageId>                | RECORD           | the image; `owner` and `createdAt` put it in the list. Or its tombstone, until `removeAfter` |
 * | IMAGE#<imageId>                | RENDITION#<name> | one rendition; `failedFor` and `failedAt` while it is failed |
 * | UPLOAD#<uploadId>              | UPLOAD           | an upload in parts, until `removeAfter`             |
 * | UPLOAD#<uploadId>              | PART#<number>#<token> | the room of a part that is being stored, until `removeAfter` |
 * | UPLOADS#<owner>                | DAY#<date>       | how many uploads of that day are open, until `removeAfter` |
 * | IDEMPOTENCY#<owner>#<key>      | ANSWER           | what an Idempotency-Key has become, until `removeAfter` |
 */
export const IMAGE_TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds. DynamoDB removes expired items within days, so readers check it too. */
  timeToLiveAttribute: 'removeAfter',
  /** Lists images by owner, newest first. Only records carry both of its keys: a tombstone loses `listedAt` and so leaves the list. */
  listIndex: { name: 'images-by-owner', partitionKey: 'listedFor', sortKey: 'listedAt', projection: 'ALL' },
  /**
   * Finds renditions that failed for good, newest first of each code: only those carry its keys. By code, because that is how a person
   * who looks for a cause narrows them down, and so that no single partition takes every failure (DynamoDB: 1,000 writes/s in each).
   * Keys only: how a rendition is now, the table itself says.
   */
  failureIndex: { name: 'failed-renditions', partitionKey: 'failedFor', sortKey: 'failedAt', projection: 'KEYS_ONLY' },
} as const;

/**
 * How long a tombstone stays. Work on an image begins with a message, and no message is older than the queue keeps them; the day more is for
 * work that has begun. After that nothing remembers that the image ever was.
 */
export const TOMBSTONE_SECONDS = QUEUE_TIMING.messageRetentionSeconds + 24 * 60 * 60;

export const recordSortKey = 'RECORD';
export const renditionSortKeyPrefix = 'RENDITION#';
export const imagePartition = (imageId: string): string => `IMAGE#${imageId}`;
/** The other way round. */
export const imageIdOf = (partition: string): string => partition.slice(imagePartition('').length);
export const renditionSortKey = (name: string): string => `${renditionSortKeyPrefix}${name}`;
export const idempotencyPartition = (owner: string, key: string): string =>
  `IDEMPOTENCY#${encodeURIComponent(owner)}#${key}`;
export const idempotencySortKey = 'ANSWER';
export const uploadPartition = (uploadId: string): string => `UPLOAD#${uploadId}`;
export const uploadSortKey = 'UPLOAD';
export const partClaimSortKeyPrefix = 'PART#';
export const partClaimSortKey = (partNumber: number, token: string): string =>
  `${partClaimSortKeyPrefix}${partNumber}#${token}`;
export const openUploadsPartition = (owner: string): string => `UPLOADS#${encodeURIComponent(owner)}`;
export const openUploadsSortKeyPrefix = 'DAY#';
/** ISO 8601, its date in UTC. */
export const openUploadsSortKey = (createdAt: string): string => `${openUploadsSortKeyPrefix}${createdAt.slice(0, 10)}`;
