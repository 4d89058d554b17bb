import type { Pipeline } from './commands.ts';
import { fingerprintOf } from './fingerprint.ts';
import { IMAGE_FORMATS, type OutputFormat } from './formats/image-format.ts';
import type { ImageId } from './image-id.ts';

/** The first segments of all object keys. Stores, lifecycle rules and IAM resources use them. */
export const KEY_PREFIXES = { originals: 'originals/', renditions: 'renditions/', received: 'received/' } as const;

/** Increased when the same pipeline would give other pixels or metadata than before (a new sharp, another default), so that old results are not reused. */
export const PIPELINE_VERSION = 6;

export const originalKey = (imageId: ImageId): string => `${KEY_PREFIXES.originals}${imageId}`;

/**
 * Days that uploaded bytes may be there: as long as an upload in parts may still be completed (LIMITS.uploadSeconds), and one more for a completion that
 * is under way then.
 */
export const RECEIVED_DAYS = 4;

/** Where uploaded bytes are until what has to be removed of them is removed. They are never delivered. */
export const receivedKey = (imageId: ImageId): string => `${KEY_PREFIXES.received}${imageId}`;

/** The prefix of the keys of all renditions of an image. */
export const renditionsPrefix = (imageId: ImageId): string => `${KEY_PREFIXES.renditions}${imageId}/`;

/**
 * The hash in a rendition's key: SHA-256, cut to 128 bits, in hex, over the original's checksum, the pipeline and its version. The
 * same work always has the same key, and other work has another.
 */
export const renditionHash = (checksumSha256: string, { commands, output }: Pipeline): string =>
  fingerprintOf({ checksumSha256, commands, output, version: PIPELINE_VERSION }).slice(0, 32);

/** The part of a key after its last slash: hash and extension. */
export const fileOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Whether a key belongs to a rendition of this image. A damaged record may contain any key. */
export const isBelowRenditionsOf = (imageId: ImageId, key: unknown): key is string =>
  typeof key === 'string' && key === renditionsPrefix(imageId) + fileOfKey(key);

/** The format is that of the result, because the pipeline may say `auto`. */
export const renditionKey = (
  { imageId, checksumSha256 }: { imageId: ImageId; checksumSha256: string },
  pipeline: Pipeline,
  format: OutputFormat,
): string =>
  `${renditionsPrefix(imageId)}${renditionHash(checksumSha256, pipeline)}.${IMAGE_FORMATS[format].extension}`;
