import type { AttributesOf } from './attributes.ts';
import type { RenditionRequest } from './commands.ts';
import { type Failure, ImageServiceError } from './errors.ts';
import type { ImageId } from './image-id.ts';
import type { Visibility } from './image-record.ts';
import { LIMITS } from './limits.ts';

/**
 * `open`: takes parts. `completing`: one request holds it, the parts are being put together and checked. `completed`: it has become
 * an image. `rejected`: it was put together and refused, its bytes are gone. `aborted`: by the client.
 */
export const UPLOAD_STATUSES = ['open', 'completing', 'completed', 'rejected', 'aborted'] as const;
export type UploadStatus = (typeof UPLOAD_STATUSES)[number];

/** Whether an upload has not ended. */
export const isUnderWay = (status: UploadStatus): boolean => status === 'open' || status === 'completing';

/** A change of status: what it leads to, and from where it may start. */
interface UploadTransition {
  to: UploadStatus;
  from: readonly UploadStatus[];
}

/**
 * Every change an upload can go through, each one conditional write. Who completes holds a claim, which is part of the condition of
 * every change from `completing`. A claim that was not renewed in time, because its holder died, holds nobody off: the upload counts as open,
 * the next may take it, and it may be aborted.
 */
export const UPLOAD_TRANSITIONS = {
  claim: { to: 'completing', from: ['open', 'completing'] },
  /** What was wrong can be mended by the client, or passes by itself. */
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
  renditions: RenditionRequest[];
  visibility?: Visibility;
  metadata?: Record<string, string>;
}

/** What is known of an upload in parts. Nothing about its parts: these the object store knows. */
export interface UploadRecord extends UploadDeclaration {
  uploadId: string;
  /** Of the image that it will become. */
  imageId: ImageId;
  owner: string;
  status: UploadStatus;
  /** The object store's own name for it: S3's UploadId. */
  storeUploadId: string;
  /** Bytes; see `recommendedPartSize`. */
  partSize: number;
  /** A part was accepted that is larger, or further on, than `partSize` has it; see `isRegularPart`. */
  irregular?: boolean;
  /** URLs have been signed for parts of it: it takes regular parts only, so that whoever has the URLs cannot exceed what was declared. */
  signed?: boolean;
  /** The object store has made the object: there are no parts any more, and completing again is the only way on. */
  assembled?: boolean;
  /** Of the list of parts that it was last to be completed from. */
  partsFingerprint?: string;
  /** Of the declaration, where the request that began it had an Idempotency-Key. */
  declarationFingerprint?: string;
  /** Present when rejected. */
  failure?: Failure;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  validUntil: string;
}

/**
 * Every attribute of an upload's record, and at which of its ends it goes: `each` end, because the image has it or nobody ever will; all but its
 * `completion`; or with the image that it has become (`deletion`). `never` until the record goes itself.
 */
export const UPLOAD_ATTRIBUTES = {
  uploadId: 'never',
  imageId: 'never',
  owner: 'never',
  status: 'never',
  contentType: 'deletion',
  contentLength: 'deletion',
  checksumSha256: 'each',
  renditions: 'each',
  visibility: 'deletion',
  metadata: 'each',
  storeUploadId: 'deletion',
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
  /** As UploadPart answered it, without quotes. */
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

/** Small enough to be sent again without regret, large enough that the request around it does not count; tus-node-server's S3 store has it too. */
const PREFERRED_PART_SIZE = 8 * MiB;

/** The size of part to recommend: 8 MiB, or as many whole MiB as it takes to stay within 10,000 parts. */
export const recommendedPartSize = (contentLength: number = LIMITS.asyncUploadBytes): number =>
  Math.max(PREFERRED_PART_SIZE, Math.ceil(contentLength / LIMITS.partsPerUpload / MiB) * MiB);

/** Bytes that all parts together may have. */
export const uploadBytes = ({ contentLength }: Pick<UploadDeclaration, 'contentLength'>): number =>
  contentLength ?? LIMITS.asyncUploadBytes;

/**
 * Whether a part stays within its place if all parts have `partSize`. While every part of an upload does, they cannot together be more
 * than `uploadBytes`, whatever their order, so nobody has to ask the object store what is there already.
 */
export function isRegularPart(
  upload: Pick<UploadRecord, 'contentLength' | 'partSize'>,
  { partNumber, size }: Pick<StoredPart, 'partNumber' | 'size'>,
): boolean {
  return size <= regularPartBytes(upload, partNumber);
}

/** Bytes that a part may have in its place if all parts have `partSize`; nothing behind the end of the whole. */
export const regularPartBytes = (
  upload: Pick<UploadRecord, 'contentLength' | 'partSize'>,
  partNumber: number,
): number => Math.max(0, Math.min(upload.partSize, uploadBytes(upload) - (partNumber - 1) * upload.partSize));

/** S3's rule for the list to complete from: strictly ascending part numbers. */
export function checkPartOrder(parts: readonly NamedPart[]): void {
  const index = parts.findIndex(({ partNumber }, at) => partNumber <= (parts[at - 1]?.partNumber ?? 0));
  if (index === -1) return;
  const number = parts[index]?.partNumber;
  const isTwice = number === parts[index - 1]?.partNumber;
  const message = isTwice ? `part ${number} is there twice` : `part ${number} stands behind a higher number`;
  throw new ImageServiceError('invalid_part_order', `parts[${index}]: ${message}. List each part once, ascending.`, {
    errors: [{ path: `parts[${index}].partNumber`, message }],
  });
}

/** Every part in the list must be there under that ETag, and all but the last must have the minimum. Answers their bytes together. */
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
    `Part ${partNumber} ${what}. List every part with the ETag that its upload answered last.`,
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
