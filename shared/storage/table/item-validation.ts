import {
  apiKeySortKeyPrefix,
  economySortKey,
  IMAGE_TABLE,
  idempotencySortKey,
  imageIdOf,
  imagePartition,
  limitWindowSortKeyPrefix,
  openUploadsCountSortKey,
  openUploadsListOf,
  openUploadsSortKeyPrefix,
  partClaimSortKeyPrefix,
  recordSortKey,
  renditionSortKeyPrefix,
  uploadPartition,
  uploadSortKey,
  uploadTokenPartition,
  uploadTokenSortKey,
  usageDaySortKeyPrefix,
  usageSendingSortKey,
  usageTotalSortKey,
} from '../../contracts/table.ts';
import { MODERATIONS } from '../../domain/access.ts';
import { ECONOMY_MODES } from '../../domain/economy-mode.ts';
import { isImageId } from '../../domain/image-id.ts';
import { IMAGE_STATUSES, VISIBILITIES, WATERMARK_USES } from '../../domain/image-record.ts';
import { isUnderWay, UPLOAD_STATUSES, type UploadStatus } from '../../domain/multipart-upload.ts';
import { isOwner, SCOPES } from '../../domain/principal.ts';
import { BILLED_NAMES } from '../../domain/receipt.ts';
import { RENDITION_STATUSES } from '../../domain/rendition.ts';

/** An item as it is read: a failing disk, a person or another program may have changed it into something that no service writes. */
type Item = Record<string, unknown>;
type Check = (value: unknown, item: Item) => boolean;

const { partitionKey, sortKey, listIndex, timeToLiveAttribute } = IMAGE_TABLE;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTime: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isChecksum: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(value);
const isMap = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMapOfTexts: Check = (value) => isMap(value) && Object.values(value).every((each) => typeof each === 'string');
const isAbsent: Check = (value) => value === undefined;
const isImageType: Check = (value) => typeof value === 'string' && /^image\/[a-z0-9.+-]+$/.test(value);
const isFlag: Check = (value) => value === true || value === false;

const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const optional =
  (check: Check): Check =>
  (value, item) =>
    value === undefined || check(value, item);
const sameAs =
  (name: string): Check =>
  (value, item) =>
    value === item[name];

/** Accepts the value that follows this prefix in the item's key. */
const named =
  (keyName: string, beginning: string): Check =>
  (value, item) =>
    typeof value === 'string' && item[keyName] === beginning + value;

const isImagesOwn: Check = (value, item) =>
  isImageId(String(value)) && named(partitionKey, imagePartition(''))(value, item);

const RECORD: Record<string, Check> = {
  imageId: isImagesOwn,
  owner: isText,
  status: oneOf(IMAGE_STATUSES),
  visibility: optional(oneOf(VISIBILITIES)),
  watermarkFor: optional(oneOf(WATERMARK_USES)),
  moderation: optional(oneOf(MODERATIONS)),
  moderationReason: optional(isText),
  moderatorToldAt: optional(isTime),
  fileName: optional(isText),
  contentType: isImageType,
  contentLength: isCount,
  checksumSha256: isChecksum,
  uploadedChecksumSha256: optional(isChecksum),
  removed: optional(Array.isArray),
  width: optional(isCount),
  height: optional(isCount),
  placeholder: optional(isText),
  dominantColor: optional(isText),
  metadata: optional(isMapOfTexts),
  uploadId: optional(isText),
  createdAt: isTime,
  additions: optional(isCount),
  changedAt: optional(isTime),
  purgeId: optional(isTime),
  invalidationId: optional(isText),
  countedAs: optional(isText),
  [listIndex.partitionKey]: optional(sameAs('owner')),
  [listIndex.sortKey]: optional(sameAs('createdAt')),
  [timeToLiveAttribute]: isAbsent,
};

/** Tombstones of an earlier version have no deletion time, and have many other attributes. */
const TOMBSTONE: Record<string, Check> = {
  imageId: isImagesOwn,
  owner: isText,
  uploadId: optional(isText),
  deletedAt: optional(isTime),
  visibility: optional(oneOf(VISIBILITIES)),
  wasPublic: optional(isFlag),
  invalidationId: optional(isText),
  freed: optional(isText),
};

const areWarnings: Check = (value) =>
  Array.isArray(value) && value.every((each) => isMap(each) && isText(each.code, each) && isText(each.detail, each));

/** Whether the key names an object of this rendition is checked by whoever reads the object. */
const areFacts: Check = (value) =>
  isMap(value) &&
  [value.contentType, value.checksumSha256].every((each) => isText(each, value)) &&
  [value.contentLength, value.width, value.height].every((each) => isCount(each, value)) &&
  optional(areWarnings)(value.warnings, value);

const isAmount: Check = (value) => Number.isFinite(value) && Number(value) >= 0;

/** A receipt has all amounts but those in USD, or there is none. */
const isPartOfReceipt: Check = (value, item) => (item.cpuMs === undefined ? isAbsent : isAmount)(value, item);

const RECEIPT: Record<string, Check> = {
  cpuMs: optional(isAmount),
  ...Object.fromEntries(BILLED_NAMES.map((name) => [name, isPartOfReceipt])),
  usd: optional(isAmount),
  unpriced: optional(isCount),
  priced: optional(isTime),
};

const isOutput: Check = (value) => isMap(value) && isText(value.format, value);

const RENDITION: Record<string, Check> = {
  name: named(sortKey, renditionSortKeyPrefix),
  status: oneOf(RENDITION_STATUSES),
  attempts: Number.isSafeInteger,
  requestedAt: isTime,
  place: isCount,
  updatedAt: isTime,
  commands: (value) => Array.isArray(value) && value.every((each) => isMap(each) && isText(each.operation, each)),
  output: isOutput,
  askedOutput: optional(isOutput),
  facts: optional(areFacts),
  isPrivate: optional(isFlag),
  failure: optional((value) => isMap(value) && isText(value.code, value) && isText(value.detail, value)),
  ...RECEIPT,
  [timeToLiveAttribute]: isAbsent,
};

/** Once an upload has ended, only its ids, owner and status are left. */
const ENDED_UPLOAD: Record<string, Check> = {
  uploadId: named(partitionKey, uploadPartition('')),
  imageId: (value) => isImageId(String(value)),
  owner: isText,
  status: oneOf(UPLOAD_STATUSES),
  [timeToLiveAttribute]: isCount,
};
const UPLOAD: Record<string, Check> = {
  ...ENDED_UPLOAD,
  contentLength: optional(isCount),
  tokenId: optional(isText),
  maxBytes: optional(isCount),
  types: optional(Array.isArray),
  storeUploadId: isText,
  received: optional(isFlag),
  partSize: isCount,
  irregular: optional(isFlag),
  signed: optional(isFlag),
  assembled: optional(isFlag),
  createdAt: isTime,
  validUntil: isTime,
  // Uploads of earlier versions are in no list.
  [listIndex.partitionKey]: optional((value, { owner }) => value === openUploadsListOf(String(owner))),
  [listIndex.sortKey]: optional(sameAs('createdAt')),
};

const areScopes: Check = (value) =>
  Array.isArray(value) && value.every((each) => SCOPES.some((scope) => scope === each));
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** An API key that can end is removed some time after. */
const isEndOfKey: Check = (value, { expiresAt, revokedAt }) =>
  (expiresAt === undefined && revokedAt === undefined ? isAbsent : isCount)(value, {});

/** Items that no client sees, by the prefixes of their sort keys. All but the last two expire by themselves. */
const OTHERS: Record<string, Record<string, Check>> = {
  [idempotencySortKey]: {
    token: isText,
    imageId: (value) => isImageId(String(value)),
    claimedUntil: isCount,
    [timeToLiveAttribute]: isCount,
  },
  [uploadTokenSortKey]: {
    tokenId: named(partitionKey, uploadTokenPartition('')),
    owner: isText,
    imageId: (value) => isImageId(String(value)),
    uploadId: isText,
    digest: isText,
    createdBy: isText,
    keyId: optional(isText),
    createdAt: isTime,
    expiresAt: isTime,
    maxBytes: isCount,
    renditions: Array.isArray,
    types: optional(Array.isArray),
    visibility: optional(oneOf(VISIBILITIES)),
    metadata: optional(isMapOfTexts),
    successRedirect: optional(isText),
    [timeToLiveAttribute]: isCount,
  },
  [partClaimSortKeyPrefix]: { partNumber: isCount, size: isCount, [timeToLiveAttribute]: isCount },
  [openUploadsSortKeyPrefix]: { openUploads: Number.isSafeInteger, [timeToLiveAttribute]: isCount },
  [openUploadsCountSortKey]: { openUploads: Number.isSafeInteger, [timeToLiveAttribute]: isCount },
  [usageDaySortKeyPrefix]: {
    renditions: optional(isCount),
    processingMs: optional(isCount),
    [timeToLiveAttribute]: isCount,
  },
  [usageSendingSortKey]: { sending: Number.isSafeInteger, [timeToLiveAttribute]: isCount },
  [limitWindowSortKeyPrefix]: { taken: isCount, [timeToLiveAttribute]: isCount },
  [usageTotalSortKey]: { images: optional(isCount), storedBytes: optional(isCount), [timeToLiveAttribute]: isAbsent },
  [apiKeySortKeyPrefix]: {
    keyId: named(sortKey, apiKeySortKeyPrefix),
    owner: isOwner,
    scopes: areScopes,
    digest: isDigest,
    name: optional(isText),
    createdAt: isTime,
    createdBy: isText,
    expiresAt: optional(isTime),
    revokedAt: optional(isTime),
    lastUsedAt: optional(isTime),
    [timeToLiveAttribute]: isEndOfKey,
  },
  [economySortKey]: { mode: oneOf(ECONOMY_MODES), changedAt: isTime, changedBy: isText },
};

/** Whether an item may have a time to live. Stored images and their renditions never expire. */
export const canExpire = (item: Item): boolean => {
  const key = String(item[sortKey]);
  if (key === usageTotalSortKey) return false;
  return !key.startsWith(renditionSortKeyPrefix) && (key !== recordSortKey || item.status === 'deleted');
};

/** The checks for an item by its key; undefined if the key is not one of this service. */
function checksOf(item: Item): Record<string, Check> | undefined {
  const key = String(item[sortKey]);
  if (key === uploadSortKey) return isUnderWay(item.status as UploadStatus) ? UPLOAD : ENDED_UPLOAD;
  if (key.startsWith(renditionSortKeyPrefix)) return RENDITION;
  if (key !== recordSortKey) return Object.entries(OTHERS).find(([beginning]) => key.startsWith(beginning))?.[1];
  return item.status === 'deleted' ? TOMBSTONE : RECORD;
}

/** The names of attributes that no service would have written so; empty if the item is valid. */
export function invalidAttributes(item: Item): string[] {
  const wrong = Object.entries(checksOf(item) ?? {}).filter(([name, check]) => !check(item[name], item));
  return wrong.map(([name]) => name);
}

export const isValidItem = (item: Item): boolean => invalidAttributes(item).length === 0;

/** The id of the image to which an item belongs; undefined if its key is not one of an image. */
export function imageOfKey(item: Item): string | undefined {
  const partition = String(item[partitionKey]);
  return partition === imagePartition(imageIdOf(partition)) ? imageIdOf(partition) : undefined;
}
