import type { Pipeline } from './commands.ts';
import { fingerprintOf } from './fingerprint.ts';
import { IMAGE_FORMATS, type OutputFormat } from './formats/image-format.ts';
import type { ImageId } from './image-id.ts';

/** First segments of every object key. Stores, lifecycle rules and IAM resources use them. */
export const KEY_PREFIXES = { originals: 'originals/', renditions: 'renditions/' } as const;

/** Counted up when the same pipeline would give other pixels or metadata than before (a new sharp, another default), so that old results are not reused. */
export const PIPELINE_VERSION = 6;

export const originalKey = (imageId: ImageId): string => `${KEY_PREFIXES.originals}${imageId}`;

/** What all renditions of an image start with. */
export const renditionsPrefix = (imageId: ImageId): string => `${KEY_PREFIXES.renditions}${imageId}/`;

/**
 * A rendition's name by content: SHA-256, cut to 128 bits, in hex, over the original's checksum, the pipeline and its version. The
 * same work has the same key; other bytes never have.
 */
export const renditionHash = (checksumSha256: string, { commands, output }: Pipeline): string =>
  fingerprintOf({ checksumSha256, commands, output, version: PIPELINE_VERSION }).slice(0, 32);

/** What stands behind the last slash of a key: hash and extension. */
export const fileOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Whether a key is below an image's own renditions; what a record names may be anything, where that is damaged. */
export const isBelowRenditionsOf = (imageId: ImageId, key: unknown): key is string =>
  typeof key === 'string' && key === renditionsPrefix(imageId) + fileOfKey(key);

/** The format is that of the result, which `auto` leaves open in the pipeline. */
export const renditionKey = (
  { imageId, checksumSha256 }: { imageId: ImageId; checksumSha256: string },
  pipeline: Pipeline,
  format: OutputFormat,
): string =>
  `${renditionsPrefix(imageId)}${renditionHash(checksumSha256, pipeline)}.${IMAGE_FORMATS[format].extension}`;
