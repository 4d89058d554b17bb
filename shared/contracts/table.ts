import { QUEUE_TIMING } from './queue-timing.ts';

/**
 * The schema of the image table, for its creation by Terraform and on one machine and for every query. Its capacity is on demand. Names have three
 * characters or more because emulators apply DynamoDB's documented minimum for names of tables to indexes as well.
 *
 * | pk                             | sk               | holds                                              |
 * |--------------------------------|------------------|----------------------------------------------------|
 * | IMAGE#<imageId>                | RECORD           | the image; `owner` and `createdAt` put it in the list. Or its tombstone, until `removeAfter`; `failedFor` and `failedAt` while either owes work (`OwedWork`) |
 * | IMAGE#<imageId>                | RENDITION#<name> | one rendition; `failedFor` and `failedAt` while it is failed |
 * | UPLOAD#<uploadId>              | UPLOAD           | a multipart upload, until `removeAfter`             |
 * | UPLOAD#<uploadId>              | PART#<number>#<token> | the size claimed for a part that is being stored, until `removeAfter` |
 * | UPLOADS#<owner>                | DAY#<date>       | how many uploads of that day are open, until `removeAfter` |
 * | IDEMPOTENCY#<owner>#<key>      | ANSWER           | the result of the request with an Idempotency-Key, until `removeAfter` |
 * | KEYS#<first letter of keyId>   | KEY#<keyId>      | an API key: its digest, owner and scopes, never the key; once it has an end, until `removeAfter` |
 * | SERVICE                        | ECONOMY          | whether economy mode is on, since when and by whom; without this item it is off |
 */
export const IMAGE_TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds. DynamoDB takes up to days to remove expired items, so readers check it too. */
  timeToLiveAttribute: 'removeAfter',
  /** Lists images by owner, newest first. Only records carry both of its keys: a tombstone loses `listedAt` and so leaves the list. */
  listIndex: { name: 'images-by-owner', partitionKey: 'listedFor', sortKey: 'listedAt', projection: 'ALL' },
  /**
   * Finds renditions that failed for good, by error code, newest first; only failed renditions have its keys, and images that owe work (`OwedWork`). It is partitioned by code, because people
   * look for causes by code, and so that no single partition takes every failure (DynamoDB: 1,000 writes/s in each).
   * It projects keys only, because the table has the current state of a rendition.
   */
  failureIndex: { name: 'failed-renditions', partitionKey: 'failedFor', sortKey: 'failedAt', projection: 'KEYS_ONLY' },
} as const;

/**
 * How long a tombstone stays. Work on an image begins with a message, and no message is older than the queue's retention; the additional day is for
 * work that has begun. Afterwards no trace of the image is left.
 */
export const TOMBSTONE_SECONDS = QUEUE_TIMING.messageRetentionSeconds + 24 * 60 * 60;

/**
 * `failedFor` of records and tombstones, which is no error code but work that is owed for them. `owed_invalidation`: the CDN has not accepted to purge
 * what was public. `owed_moderation`: whoever decides whether an image is delivered has not been told of it.
 */
export type OwedWork = 'owed_invalidation' | 'owed_moderation';

/** The partitions of what is owed: several, for the same reason. */
export const owedPartsOf = (work: OwedWork): string[] => [...'0123456789abcdef'].map((digit) => `${work}#${digit}`);
export const owedPartOf = (work: OwedWork, imageId: string): string => `${work}#${imageId.charAt(0)}`;

export const recordSortKey = 'RECORD';
export const renditionSortKeyPrefix = 'RENDITION#';
export const imagePartition = (imageId: string): string => `IMAGE#${imageId}`;
/** The image id of a partition key. */
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
/** Keys are in as many parts as their ids have letters, so that a list of all takes few queries and no part takes all reads. */
export const API_KEY_PARTITIONS: readonly string[] = [...'abcdefghijklmnopqrstuvwxyz234567'].map(
  (letter) => `KEYS#${letter}`,
);
export const apiKeyPartition = (keyId: string): string => `KEYS#${keyId.charAt(0)}`;
export const apiKeySortKeyPrefix = 'KEY#';
export const apiKeySortKey = (keyId: string): string => `${apiKeySortKeyPrefix}${keyId}`;
export const economyPartition = 'SERVICE';
export const economySortKey = 'ECONOMY';
export const openUploadsPartition = (owner: string): string => `UPLOADS#${encodeURIComponent(owner)}`;
export const openUploadsSortKeyPrefix = 'DAY#';
/** `createdAt` is ISO 8601 in UTC. */
export const openUploadsSortKey = (createdAt: string): string => `${openUploadsSortKeyPrefix}${createdAt.slice(0, 10)}`;
