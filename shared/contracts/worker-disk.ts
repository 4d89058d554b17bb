import { LIMITS, RESULT_BYTES_AHEAD } from '../domain/limits.ts';

/**
 * The most bytes that one message has on a worker's disk: the original, all images that are laid over it, the results that wait to be
 * stored, and the one that is being written. The workers keep it, and the disks of their instances are derived from it.
 */
export const MESSAGE_DISK_BYTES =
  LIMITS.asyncUploadBytes + LIMITS.watermarksBytes + RESULT_BYTES_AHEAD + LIMITS.resultBytes;
