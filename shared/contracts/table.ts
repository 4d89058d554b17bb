import { QUEUE_TIMING } from './queue-timing.ts';

/**
 * The schema of the image table, for its creation by Terraform and on one machine and for every query. Its capacity is on demand. Names have three
 * characters or more because emulators apply DynamoDB's documented minimum for names of tables to indexes as well.
 *
 * | pk                             | sk               | holds                                              |
 * |--------------------------------|------------------|----------------------------------------------------|
 * | IMAGE#<imageId>                | RECORD           | the image; `owner` and `createdAt` put it in the list. Or its tombstone, until `removeAfter`; `failedFor` and `failedAt` while either owes work (`OwedWork`) |
 * | IMAGE#<imageId>                | RENDITION#<name> | one rendition; `failedFor` and `failedAt` while it is failed |
 * | UPLOAD#<uploadId>              | UPLOAD           | a multipart upload, until `removeAfter`; while it is open, in a list of its owner's open uploads |
 * | UPLOAD#<uploadId>              | PART#<number>#<token> | the size claimed for a part that is being stored, until `removeAfter` |
 * | UPLOADS#<owner>                | OPEN             | how many uploads are open, in all and of each day, until `removeAfter` |
 * | UPLOADS#<owner>                | DAY#<date>       | what earlier versions counted there, until `removeAfter` |
 * | USAGE#<owner>                  | TOTAL            | how many images and bytes an owner has stored, with what is on its way in (`in_*`) and out (`out_*`); while all of it is erased, since when, and what must be looked at again if that is interrupted (`erased_*`) |
 * | USAGE#<owner>                  | USED#<date>      | renditions and processing time of a day, until `removeAfter` |
 * | USAGE#<owner>                  | SENDING          | the uploads that are sent at once, each until its time is over (`at_*`), until `removeAfter` |
 * | USAGE#<owner>                  | SENDING#<senders> | the same for uploads with upload tokens: of all together (`tokens`), and of each, by its id |
 * | LIMIT#<kind>#<subject>         | WINDOW#<number>  | how many requests of a window are taken, until `removeAfter` |
 * | IDEMPOTENCY#<owner>#<key>      | ANSWER           | the result of the request with an Idempotency-Key or an upload token, until `removeAfter` |
 * | UPLOAD-TOKEN#<tokenId>         | TOKEN            | what an upload token allows, and the digest of its secret, until `removeAfter` |
 * | KEYS#<first letter of keyId>   | KEY#<keyId>      | an API key: its digest, owner and scopes, never the key; once it has an end, until `removeAfter` |
 * | SERVICE                        | ECONOMY          | whether economy mode is on, since when and by whom; without this item it is off |
 */
export const IMAGE_TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds. DynamoDB takes up to days to remove expired items, so readers check it too. */
  timeToLiveAttribute: 'removeAfter',
  /**
   * Lists images by owner, newest first, and open uploads (`openUploadsListOf`). Only records and open uploads carry both of its keys: a tombstone loses
   * `listedAt` and so leaves the list, and an upload does when it ends.
   */
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
 * what was public. `owed_moderation`: whoever decides whether an image is delivered has not been told of it; `owed_decision`: has, and has not decided.
 */
export type OwedWork = 'owed_invalidation' | 'owed_moderation' | 'owed_decision';

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
/** The key under which the use of an upload token is claimed. Clients cannot send it as an Idempotency-Key, which has no spaces. */
export const uploadTokenClaim = (tokenId: string): string => `upload token ${tokenId}`;
export const uploadTokenPartition = (tokenId: string): string => `UPLOAD-TOKEN#${tokenId}`;
export const uploadTokenSortKey = 'TOKEN';
export const uploadPartition = (uploadId: string): string => `UPLOAD#${uploadId}`;
/** The upload id of a partition key. */
export const uploadIdOf = (partition: string): string => partition.slice(uploadPartition('').length);
export const uploadSortKey = 'UPLOAD';
/** `listedFor` of an owner's open uploads. It is no owner, whose names have no control characters. */
export const openUploadsListOf = (owner: string): string => `UPLOAD\u001f${owner}`;
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
export const openUploadsCountSortKey = 'OPEN';
export const usagePartition = (owner: string): string => `USAGE#${encodeURIComponent(owner)}`;
export const usageTotalSortKey = 'TOTAL';
export const usageSendingSortKey = 'SENDING';
/** What senders other than the owner itself send at once. */
export const usageSendersSortKey = (senders: string): string => `${usageSendingSortKey}#${senders}`;
export const usageDaySortKeyPrefix = 'USED#';
/** `date` is YYYY-MM-DD in UTC. */
export const usageDaySortKey = (date: string): string => `${usageDaySortKeyPrefix}${date}`;
export const limitPartition = (kind: string, subject: string): string => `LIMIT#${kind}#${encodeURIComponent(subject)}`;
export const limitWindowSortKeyPrefix = 'WINDOW#';
export const limitWindowSortKey = (window: number): string => `${limitWindowSortKeyPrefix}${window}`;
