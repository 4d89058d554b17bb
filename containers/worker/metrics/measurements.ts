import type { ErrorCode } from '../../../shared/domain/errors.ts';

/** `returned`: the message comes again for it. `skipped`: it was final, or somebody else's, before anything was done. */
export const RENDITION_OUTCOMES = ['ready', 'failed', 'returned', 'skipped'] as const;

/** `returned`: SQS will deliver it again. `lost`: another worker may have had it before the work was done. */
export const MESSAGE_OUTCOMES = ['done', 'returned', 'lost'] as const;

/** The cost of one rendition in milliseconds and bytes. Figures are absent for steps that it did not reach. */
export interface RenditionMeasurements {
  name: string;
  outcome: (typeof RENDITION_OUTCOMES)[number];
  /** Why it is not ready. */
  code?: ErrorCode | undefined;
  /** Decodes begun for it so far, this one included. */
  attempts: number;
  decodeMs?: number | undefined;
  /** Each libvips pass over the pixels, in its order. */
  passesMs: readonly number[];
  encodeMs?: number | undefined;
  storeMs?: number | undefined;
  bytesOut?: number | undefined;
  /** Processor time of image processes. That of a process that died is known where proc(5) is. A shared decode is with the rendition with which it is counted. */
  cpuMs?: number | undefined;
  /** Requests to AWS for this rendition alone, by operation; those that its message needed once are in none. */
  requests?: Readonly<Record<string, number>> | undefined;
  /** Whether its pixels are from the decode of another rendition of the message, with which alone that decode is counted. */
  isDecodeShared?: boolean | undefined;
}

/** The cost of one delivery of a message in milliseconds and bytes. Figures are absent for steps that it did not reach. */
export interface MessageMeasurements {
  imageId: string;
  requestId: string;
  receiveCount: number;
  /** From SQS's SentTimestamp until work began; for a message that came again, earlier deliveries are included. */
  queueWaitMs: number;
  fetchMs?: number | undefined;
  bytesIn?: number | undefined;
  totalMs: number;
  /** The most memory that the process of the decodes had. */
  peakMemoryBytes?: number | undefined;
  renditions: readonly RenditionMeasurements[];
  /** Requests to AWS by operation: for the message, from the receive that brought it to the one that ends it, and for all its renditions. */
  requests: Readonly<Record<string, number>>;
  /** Units of DynamoDB that those requests took, as it says itself. */
  readUnits: number;
  writeUnits: number;
  /** What those requests and the processor time of its renditions cost, and the date of the prices; present if prices are known. */
  usd?: number | undefined;
  priced?: string | undefined;
  outcome: (typeof MESSAGE_OUTCOMES)[number];
  /** Why it is not done. */
  code?: ErrorCode | undefined;
}
