import type { AttributesOf } from './attributes.ts';
import { type Failure, ImageServiceError } from './errors.ts';
import type { ImageId } from './image-id.ts';
import type { Visibility } from './image-record.ts';
import { LIMITS } from './limits.ts';
import type { SettledRequest } from './rendition.ts';

/**
 * `open`: it takes parts. `completing`: one request is joining and checking the parts. `completed`: it has become
 * an image. `rejected`: the joined bytes were refused and deleted. `aborted`: the client has aborted it.
 */
export const UPLOAD_STATUSES = ['open', 'completing', 'completed', 'rejected', 'aborted'] as const;
export type UploadStatus = (typeof UPLOAD_STATUSES)[number];

/** Whether an upload has not ended. */
export const isUnderWay = (status: UploadStatus): boolean => status === 'open' || status === 'completing';

/** A change of status: the new status, and the statuses from which it may start. */
interface UploadTransition {
  to: UploadStatus;
  from: readonly UploadStatus[];
}

/**
 * Every change of an upload's status; each is one conditional write. The request that completes an upload holds a claim, and the claim is part of the
 * condition of every change from `completing`. If a claim was not renewed in time, because its holder died, the upload counts as open:
 * another request may claim it, and it may be aborted.
 */
export const UPLOAD_TRANSITIONS = {
  claim: { to: 'completing', from: ['open', 'completing'] },
  /** The client can correct the error, or the failure is temporary. */
  reopen: { to: 'open', from: ['completing'] },
  finish: { to: 'completed', from: ['completing'] },
  reject: { to: 'rejected', from: ['completing'] },
  abort: { to: 'aborted', from: ['open', 'aborted'] },
} as const satisfies Record<string, UploadTransition>;

/** What a client declares when it creates an upload. */
export interface UploadDeclaration {
  /** Media type; `application/octet-stream` declares nothing. */
  contentType: string;
  /** Bytes of the whole image. */
  contentLength?: number;
  /** Base64 SHA-256 of the whole image. */
  checksumSha256?: string;
  renditions: SettledRequest[];
  visibility?: Visibility;
  metadata?: Record<string, string>;
}

/** The record of a multipart upload in the table. It says nothing about the parts, because the object store knows them. */
export interface UploadRecord extends UploadDeclaration {
  uploadId: string;
  /** The upload token that has begun the upload, and that alone may go on with it beside its owner. */
  tokenId?: string;
  /** The most bytes that the token allows, if no length was declared. */
  maxBytes?: number;
  /** The media types that the token allows. */
  types?: string[];
  /** The id of the image that the upload will become. */
  imageId: ImageId;
  owner: string;
  status: UploadStatus;
  /** The id of the upload in the object store: S3's UploadId. */
  storeUploadId: string;
  /** Its bytes arrive under `received/`, because something may have to be removed of them before they are an original. */
  received?: true;
  /** Bytes; see `recommendedPartSize`. */
  partSize: number;
  /** A part was accepted that does not fit its place; see `isRegularPart`. */
  irregular?: boolean;
  /** Part URLs have been signed. The upload takes regular parts only, so that those who have the URLs cannot exceed the declared size. */
  signed?: boolean;
  /** The object store has joined the parts into an object: the parts are gone, and the upload can only be completed again. */
  assembled?: boolean;
  /** The fingerprint of the list of parts in the last request to complete the upload. */
  partsFingerprint?: string;
  /** The fingerprint of the declaration, if the request that created the upload had an Idempotency-Key. */
  declarationFingerprint?: string;
  /** The reason; present when rejected. */
  failure?: Failure;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  validUntil: string;
}

/**
 * Every attribute of an upload's record, and when it is removed. `each`: at the end of the upload, however it ends, because the image has the attribute
 * or nobody needs it. `completion`: at any end other than completion. `deletion`: when the image is deleted. `never`: only with the record itself.
 */
export const UPLOAD_ATTRIBUTES = {
  uploadId: 'never',
  imageId: 'never',
  tokenId: 'never',
  maxBytes: 'deletion',
  types: 'each',
  owner: 'never',
  status: 'never',
  contentType: 'deletion',
  contentLength: 'deletion',
  checksumSha256: 'each',
  renditions: 'each',
  visibility: 'deletion',
  metadata: 'each',
  storeUploadId: 'deletion',
  received: 'deletion',
  partSize: 'deletion',
  irregular: 'deletion',
  signed: 'deletion',
  assembled: 'deletion',
  partsFingerprint: 'deletion',
  declarationFingerprint: 'completion',
  failure: 'deletion',
  createdAt: 'deletion',
  validUntil: 'deletion',
} as const satisfies AttributesOf<UploadRecord, 'each' | 'completion' | 'deletion' | 'never'>;

/** A part as a client names it in the list to complete from. */
export interface NamedPart {
  partNumber: number;
  /** The ETag in the response to the part's upload, without quotes. */
  eTag: string;
}

/** A part as the object store knows it. */
export interface StoredPart extends NamedPart {
  /** Bytes. */
  size: number;
  /** ISO 8601, UTC. */
  lastModified: string;
}

const MiB = 1024 * 1024;

/** Small enough to be sent again without regret, and large enough that the overhead of a request does not matter; the default of tus-node-server's S3 store. */
const PREFERRED_PART_SIZE = 8 * MiB;

/** The size of part to recommend: 8 MiB, or as many whole MiB as it takes to stay within 10,000 parts. */
export const recommendedPartSize = (contentLength: number = LIMITS.asyncUploadBytes): number =>
  Math.max(PREFERRED_PART_SIZE, Math.ceil(contentLength / LIMITS.partsPerUpload / MiB) * MiB);

/** The most bytes that all parts together may have. */
export const uploadBytes = ({ contentLength, maxBytes }: Pick<UploadRecord, 'contentLength' | 'maxBytes'>): number =>
  contentLength ?? maxBytes ?? LIMITS.asyncUploadBytes;

/**
 * Whether a part fits its place in an upload whose parts all have `partSize`. As long as every part does, all parts together cannot exceed
 * `uploadBytes`, whatever their order, and the object store need not be asked for the other parts.
 */
export function isRegularPart(
  upload: Pick<UploadRecord, 'contentLength' | 'maxBytes' | 'partSize'>,
  { partNumber, size }: Pick<StoredPart, 'partNumber' | 'size'>,
): boolean {
  return size <= regularPartBytes(upload, partNumber);
}

/** The most bytes of a part at its place in an upload whose parts all have `partSize`; 0 after the end of the upload. */
export const regularPartBytes = (
  upload: Pick<UploadRecord, 'contentLength' | 'maxBytes' | 'partSize'>,
  partNumber: number,
): number => Math.max(0, Math.min(upload.partSize, uploadBytes(upload) - (partNumber - 1) * upload.partSize));

/** S3's rule for the list to complete from: strictly ascending part numbers. */
export function checkPartOrder(parts: readonly NamedPart[]): void {
  const index = parts.findIndex(({ partNumber }, at) => partNumber <= (parts[at - 1]?.partNumber ?? 0));
  if (index === -1) return;
  const number = parts[index]?.partNumber;
  const isTwice = number === parts[index - 1]?.partNumber;
  const message = isTwice ? `part ${number} is listed twice` : `part ${number} comes after a higher number`;
  throw new ImageServiceError('invalid_part_order', `parts[${index}]: ${message}. List each part once, ascending.`, {
    errors: [{ path: `parts[${index}].partNumber`, message }],
  });
}

/** Checks that every part in the list was uploaded with that ETag, and that all but the last have the minimum size. Returns the sum of their bytes. */
export function checkNamedParts(
  named: readonly NamedPart[],
  stored: readonly StoredPart[],
  minPartBytes: number = LIMITS.minPartBytes,
): number {
  const known = new Map(stored.map((part) => [part.partNumber, part]));
  const parts = named.map(({ partNumber, eTag }, index) => {
    const part = known.get(partNumber);
    if (part?.eTag === eTag) return part;
    throw invalidPart(partNumber, part ? `has the ETag ${part.eTag}` : 'was not uploaded', index);
  });
  const small = parts.findIndex(({ size }, index) => size < minPartBytes && index < parts.length - 1);
  const tooSmall = parts[small];
  if (tooSmall) throw partTooSmall(tooSmall, small, minPartBytes);
  return parts.reduce((total, { size }) => total + size, 0);
}

const invalidPart = (partNumber: number, what: string, index: number): ImageServiceError =>
  new ImageServiceError(
    'invalid_part',
    `Part ${partNumber} ${what}. List every part with the ETag from the response to its last upload.`,
    { errors: [{ path: `parts[${index}]`, message: `part ${partNumber} ${what}` }] },
  );

const partTooSmall = ({ partNumber, size }: StoredPart, index: number, limit: number): ImageServiceError =>
  new ImageServiceError(
    'part_too_small',
    `Part ${partNumber} has ${size} bytes; every part but the last must have ${limit}. Upload it again, larger.`,
    {
      errors: [{ path: `parts[${index}]`, message: `part ${partNumber} has ${size} bytes` }],
      limit,
      actual: size,
      unit: 'bytes',
    },
  );
