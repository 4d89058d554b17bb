import type { Moderation } from './access.ts';
import type { AttributesOf } from './attributes.ts';
import type { ImageId } from './image-id.ts';

/** `stored`: the original is whole and readable. `deleted`: a tombstone, so that late work does not bring the image back. */
export const IMAGE_STATUSES = ['stored', 'deleted'] as const;
export type ImageStatus = (typeof IMAGE_STATUSES)[number];

/** The statuses from which an image may reach a status. Every change is one conditional write with this list as its condition. */
export const IMAGE_TRANSITIONS: Readonly<Record<ImageStatus, readonly ImageStatus[]>> = {
  stored: [],
  deleted: ['stored', 'deleted'],
};

/**
 * Who may see an image. `public`: everybody who knows its id, which cannot be guessed, so that a CDN and other shared caches may keep it.
 * `private`: only its owner.
 */
export const VISIBILITIES = ['public', 'private'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/**
 * Whose renditions may show an image as their watermark. `own`: its owner's, and where the image is private, the rendition is too. `own-public`: its
 * owner's, which stay as public as they are. `everyone`: those of every owner.
 */
export const WATERMARK_USES = ['own', 'own-public', 'everyone'] as const;
export type WatermarkUse = (typeof WATERMARK_USES)[number];

/** The record of an image in the table. */
export interface ImageRecord {
  imageId: ImageId;
  owner: string;
  status: 'stored';
  /** An image without this attribute, which only old ones are, is public. */
  visibility?: Visibility;
  /** `own` if absent. */
  watermarkFor?: WatermarkUse;
  /** Absent if nobody was asked. Until it is `approved`, nobody gets the bytes. */
  moderation?: Moderation;
  /** What its owner is told about the decision. */
  moderationReason?: string;
  /** When whoever decides was told of the image. While it is pending and they were not, that is owed. ISO 8601, UTC, milliseconds. */
  moderatorToldAt?: string;
  /** The name of the uploaded file, if its sender told it. */
  fileName?: string;
  /** The media type that the bytes themselves show. */
  contentType: string;
  /** Bytes. */
  contentLength: number;
  /** Base64, as S3 writes ChecksumSHA256. */
  checksumSha256: string;
  /** The SHA-256 of the bytes that were uploaded, as above, if others are stored because something was removed of them. */
  uploadedChecksumSha256?: string;
  /** What was removed of the uploaded bytes before they were stored: RemovedMetadata, or words for parts of an SVG. Empty if nothing was found; absent if nothing was looked for. */
  removed?: string[];
  /**
   * Pixels of the image as it is shown, turned as its orientation says. For an SVG, the size that its root asks for, at 96 pixels to the inch.
   * If the first 128 KiB do not tell the size, it is known with the first processing.
   */
  width?: number;
  height?: number;
  /** A ThumbHash (https://evanw.github.io/thumbhash/), base64, which pages show until the image has loaded. Known with the first processing. */
  placeholder?: string;
  /** The colour to which most pixels are close, CSS hex. Known with the first processing. */
  dominantColor?: string;
  /** Names and values that the client gave with the upload. */
  metadata?: Record<string, string>;
  /** The multipart upload that became this image. Its record is deleted with the image. */
  uploadId?: string;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  /** How many renditions were added since the upload. A deletion of this version fails if one was added meanwhile. */
  additions?: number;
  /** The last change of visibility, watermarks or moderation, later than any before: no two versions share it. ISO 8601, UTC, milliseconds. */
  changedAt?: string;
  /** The change by which the image ceased to be for everybody, its `changedAt`: since then the CDN has to purge it. Removed when it is again. */
  purgeId?: string;
  /** The invalidation for `purgeId` that the CDN has accepted. Until there is one, it is owed. */
  invalidationId?: string;
  /** The reservation by which it counts among what its owner has stored. Images of before owners had limits have none, and do not count. */
  countedAs?: string;
}

/** Every attribute of a record, either `shown` to those who may read it or `internal`. Other attributes of an item never leave the table. */
export const IMAGE_ATTRIBUTES = {
  imageId: 'shown',
  owner: 'internal',
  status: 'shown',
  visibility: 'shown',
  watermarkFor: 'shown',
  moderation: 'shown',
  moderationReason: 'shown',
  moderatorToldAt: 'internal',
  fileName: 'shown',
  contentType: 'shown',
  contentLength: 'shown',
  checksumSha256: 'shown',
  uploadedChecksumSha256: 'shown',
  removed: 'shown',
  width: 'shown',
  height: 'shown',
  placeholder: 'shown',
  dominantColor: 'shown',
  metadata: 'shown',
  uploadId: 'internal',
  createdAt: 'shown',
  additions: 'internal',
  changedAt: 'shown',
  purgeId: 'internal',
  invalidationId: 'internal',
  countedAs: 'internal',
} as const satisfies AttributesOf<ImageRecord, 'shown' | 'internal'>;

/** The record that remains of a deleted image for `TOMBSTONE_SECONDS`. */
export interface Tombstone {
  imageId: ImageId;
  owner: string;
  status: 'deleted';
  /** The multipart upload that became the image. A repeated deletion removes the rest of it. */
  uploadId?: string;
  /** The time of the first deletion; ISO 8601, UTC, milliseconds. */
  deletedAt: string;
  /** Only where not everybody could have the bytes. No shared cache has anything of it, unless a purge was owed. */
  visibility?: 'private';
  /** With `visibility`: the image was for everybody before, and the CDN had not accepted to purge it. */
  wasPublic?: true;
  /** The invalidation of the image that the CDN has accepted. As long as there is none, a repeated deletion asks for one. */
  invalidationId?: string;
  /** A random name: what the owner's count keeps under it is subtracted. Only where the image counted. */
  freed?: string;
}

export const TOMBSTONE_ATTRIBUTES = {
  imageId: 'internal',
  owner: 'internal',
  status: 'internal',
  uploadId: 'internal',
  deletedAt: 'internal',
  visibility: 'internal',
  wasPublic: 'internal',
  invalidationId: 'internal',
  freed: 'internal',
} as const satisfies AttributesOf<Tombstone, 'internal'>;

/** What a CDN must no longer have of an image. */
export interface CdnPurge {
  imageId: ImageId;
  owner: string;
  /** When the image was deleted, or ceased to be for everybody: tells the purges of an image apart. */
  purgeId: string;
  /** The invalidation that the CDN has accepted. */
  invalidationId?: string;
}

/** The purge that an image or its tombstone needs, or has needed; undefined if no shared cache can have anything that it must not have. */
export function purgeOf(record: ImageRecord | Tombstone): CdnPurge | undefined {
  const { imageId, owner, invalidationId } = record;
  const purgeId = record.status === 'stored' ? record.purgeId : purgeIdOf(record);
  return purgeId === undefined
    ? undefined
    : { imageId, owner, purgeId, ...(invalidationId !== undefined && { invalidationId }) };
}

const purgeIdOf = ({ visibility, wasPublic, deletedAt }: Tombstone): string | undefined =>
  visibility !== 'private' || wasPublic ? deletedAt : undefined;
