import type { AttributesOf } from './attributes.ts';
import type { ImageId } from './image-id.ts';

/** `stored`: the original is whole and readable. `deleted`: a tombstone, so that late work does not bring the image back. */
export const IMAGE_STATUSES = ['stored', 'deleted'] as const;
export type ImageStatus = (typeof IMAGE_STATUSES)[number];

/** From which statuses an image may reach a status; every change is one conditional write with this list as its condition. */
export const IMAGE_TRANSITIONS: Readonly<Record<ImageStatus, readonly ImageStatus[]>> = {
  stored: [],
  deleted: ['stored', 'deleted'],
};

/**
 * Who may see an image. `public`: whoever knows its id, which nobody can guess, so that a CDN and other shared caches may keep it.
 * `private`: its owner only.
 */
export const VISIBILITIES = ['public', 'private'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What is known of an original. */
export interface ImageRecord {
  imageId: ImageId;
  owner: string;
  status: 'stored';
  /** Absent: public. */
  visibility?: Visibility;
  /** Of the file that was uploaded, where its sender said so. */
  fileName?: string;
  /** Media type that the bytes themselves show. */
  contentType: string;
  /** Bytes. */
  contentLength: number;
  /** Base64, as S3 writes ChecksumSHA256. */
  checksumSha256: string;
  /**
   * Pixels as the image is shown, turned as its orientation says; of an SVG those that its root asks for, at 96 to the inch. Where the
   * first 128 KiB do not tell, known with the first processing.
   */
  width?: number;
  height?: number;
  /** A ThumbHash (https://evanw.github.io/thumbhash/), base64: what pages show until the image is there. Known with the first processing. */
  placeholder?: string;
  /** The colour that most pixels are near, CSS hex; known with the first processing. */
  dominantColor?: string;
  /** What the client gave along with the upload: names and their values. */
  metadata?: Record<string, string>;
  /** The upload in parts that it was, whose record goes with the image. */
  uploadId?: string;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  /** How many renditions were added since: whoever deletes this version only deletes none that was added meanwhile. */
  additions?: number;
}

/** Every attribute of a record: `told` to whoever may read it, or `kept`. Whatever else an item of the table has stays there. */
export const IMAGE_ATTRIBUTES = {
  imageId: 'told',
  owner: 'kept',
  status: 'told',
  visibility: 'told',
  fileName: 'told',
  contentType: 'told',
  contentLength: 'told',
  checksumSha256: 'told',
  width: 'told',
  height: 'told',
  placeholder: 'told',
  dominantColor: 'told',
  metadata: 'told',
  uploadId: 'kept',
  createdAt: 'told',
  additions: 'kept',
} as const satisfies AttributesOf<ImageRecord, 'told' | 'kept'>;

/** What stays of an image that was deleted, for `TOMBSTONE_SECONDS`. */
export interface Tombstone {
  imageId: ImageId;
  owner: string;
  status: 'deleted';
  /** The upload in parts that the image was: a repeated deletion removes what is left of it. */
  uploadId?: string;
  /** ISO 8601, UTC, milliseconds. Of the first deletion. */
  deletedAt: string;
}

export const TOMBSTONE_ATTRIBUTES = {
  imageId: 'kept',
  owner: 'kept',
  status: 'kept',
  uploadId: 'kept',
  deletedAt: 'kept',
} as const satisfies AttributesOf<Tombstone, 'kept'>;
