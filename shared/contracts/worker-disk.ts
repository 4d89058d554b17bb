import { LIMITS, RESULT_BYTES_AHEAD } from '../domain/limits.ts';

/**
 * The most bytes that one message takes on a worker's disk: the original, its watermark images, the results that wait to be
 * stored, and the one that is being written. The workers stay within it, and the disks of their instances are sized by it.
 */
export const MESSAGE_DISK_BYTES =
  LIMITS.asyncUploadBytes + LIMITS.watermarksBytes + RESULT_BYTES_AHEAD + LIMITS.resultBytes;
