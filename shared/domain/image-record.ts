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
 * In whose renditions a private image may be shown as a watermark by somebody who may not see it alone. `own`: nobody's, so a rendition of its owner that shows it is
 * private. `own-public`: in public renditions of its owner. `everyone`: any owner may use it, and what shows it is as public as the image beneath.
 */
export const WATERMARK_USES = ['own', 'own-public', 'everyone'] as const;
export type WatermarkUse = (typeof WATERMARK_USES)[number];

/** The record of an image in the table. */
export interface ImageRecord {
  imageId: ImageId;
  owner: string;
  status: 'stored';
  /** An image without this attribute is public. */
  visibility?: Visibility;
  /** `own` if it is absent. */
  watermarkFor?: WatermarkUse;
  /** The name of the uploaded file, if its sender told it. */
  fileName?: string;
  /** The media type that the bytes themselves show. */
  contentType: string;
  /** Bytes. */
  contentLength: number;
  /** Base64, as S3 writes ChecksumSHA256. */
  checksumSha256: string;
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
}

/** Every attribute of a record, either `shown` to those who may read it or `internal`. Other attributes of an item never leave the table. */
export const IMAGE_ATTRIBUTES = {
  imageId: 'shown',
  owner: 'internal',
  status: 'shown',
  visibility: 'shown',
  watermarkFor: 'shown',
  fileName: 'shown',
  contentType: 'shown',
  contentLength: 'shown',
  checksumSha256: 'shown',
  width: 'shown',
  height: 'shown',
  placeholder: 'shown',
  dominantColor: 'shown',
  metadata: 'shown',
  uploadId: 'internal',
  createdAt: 'shown',
  additions: 'internal',
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
  /** Only where the image was private: no shared cache has anything of it. */
  visibility?: 'private';
  /** The invalidation of the image that the CDN has accepted. As long as there is none, a repeated deletion asks for one. */
  invalidationId?: string;
}

export const TOMBSTONE_ATTRIBUTES = {
  imageId: 'internal',
  owner: 'internal',
  status: 'internal',
  uploadId: 'internal',
  deletedAt: 'internal',
  visibility: 'internal',
  invalidationId: 'internal',
} as const satisfies AttributesOf<Tombstone, 'internal'>;
