import type { AttributesOf } from './attributes.ts';
import type { Output, RenditionRequest } from './commands.ts';
import type { Failure } from './errors.ts';
import type { Receipt } from './receipt.ts';
import { isVariant } from './variant.ts';
import type { Warning } from './warnings.ts';

export const RENDITION_STATUSES = ['queued', 'processing', 'ready', 'failed'] as const;
export type RenditionStatus = (typeof RENDITION_STATUSES)[number];

/** A change of status: the new status, and the statuses from which it may start. */
interface RenditionTransition {
  to: RenditionStatus;
  from: readonly RenditionStatus[];
}

/**
 * Every change of a rendition's status; each is one conditional write. `start` is allowed from `processing`, because a message that is delivered again
 * after a crash finds it so. The queue's visibility timeout is the lease.
 */
export const RENDITION_TRANSITIONS = {
  start: { to: 'processing', from: ['queued', 'processing'] },
  finish: { to: 'ready', from: ['processing'] },
  fail: { to: 'failed', from: ['queued', 'processing'] },
  /** An attempt ended in a temporary failure; its message is delivered again. */
  release: { to: 'queued', from: ['processing'] },
  /** A client requests a failed rendition again. */
  requeue: { to: 'queued', from: ['failed'] },
  /** A client requests a rendition whose object was removed by a lifecycle rule. */
  remake: { to: 'queued', from: ['ready'] },
} as const satisfies Record<string, RenditionTransition>;

/** Whether a rendition with this status does not change until a client requests it again. */
export const isFinal = (status: RenditionStatus): boolean => status === 'ready' || status === 'failed';

/** The progress of all renditions of an image together. */
export const IMAGE_PROGRESS = ['processing', 'failed', 'ready'] as const;
export type ImageProgress = (typeof IMAGE_PROGRESS)[number];

type Named = Pick<Rendition, 'name' | 'status'>;

/** The renditions without variants, which no client requested and without which the image is complete. */
const askedFor = (renditions: readonly Named[]): Named[] => renditions.filter((rendition) => !isVariant(rendition));

/** `failed` as soon as one rendition has failed; otherwise `processing` until all are ready. */
export function progressOf(renditions: readonly Named[]): ImageProgress {
  const asked = askedFor(renditions);
  if (asked.some(({ status }) => status === 'failed')) return 'failed';
  return asked.every(({ status }) => status === 'ready') ? 'ready' : 'processing';
}

/** Whether no rendition will change until a client makes another request. */
export const isSettled = (renditions: readonly Named[]): boolean =>
  askedFor(renditions).every(({ status }) => isFinal(status));

/** The facts that the worker stores about a finished rendition. */
export interface RenditionFacts {
  key: string;
  contentType: string;
  contentLength: number;
  checksumSha256: string;
  width: number;
  /** The height of one frame. */
  height: number;
  /** Present for an animation. */
  frames?: number;
  /** The quality that was chosen to meet `maxBytes`. */
  quality?: number;
  /** Differences from the original; absent if there are none. */
  warnings?: Warning[];
}

/** Every fact, either `shown` to those who may read the record or `internal`. */
export const FACT_ATTRIBUTES = {
  key: 'internal',
  contentType: 'shown',
  contentLength: 'shown',
  checksumSha256: 'shown',
  width: 'shown',
  height: 'shown',
  frames: 'shown',
  quality: 'shown',
  warnings: 'shown',
} as const satisfies AttributesOf<RenditionFacts, 'shown' | 'internal'>;

/** A rendition as it is to be made. */
export interface SettledRequest extends RenditionRequest {
  /** The output that was asked for, if economy mode has lowered the effort of `output`. */
  askedOutput?: Output;
}

export interface Rendition extends SettledRequest {
  status: RenditionStatus;
  /** How often decoding was begun: counted before it begins, and uncounted when it ends in a temporary failure. */
  attempts: number;
  requestedAt: string;
  /** Its index among the renditions of one request, from 0. */
  place: number;
  updatedAt: string;
  /** Present when ready. */
  facts?: RenditionFacts;
  /** Whether it shows a private watermark, so that it is private whatever its image is. Known when it is ready. */
  isPrivate?: true;
  /** Present when failed. */
  failure?: Failure;
  /** Present once an attempt has ended, unless its process died. An item of the table has its parts. */
  receipt?: Receipt;
}

/** Every attribute of a rendition, either `shown` as it is to those who may read the record or `internal`; `apart` is one whose parts are attributes. Other attributes of an item never leave the table. */
export const RENDITION_ATTRIBUTES = {
  name: 'shown',
  status: 'shown',
  attempts: 'shown',
  requestedAt: 'shown',
  place: 'internal',
  updatedAt: 'shown',
  commands: 'shown',
  output: 'shown',
  askedOutput: 'shown',
  /** Shown one by one. */
  facts: 'internal',
  /** Shown as the visibility of the rendition. */
  isPrivate: 'internal',
  failure: 'shown',
  /** Shown to those who ask for it. */
  receipt: 'apart',
} as const satisfies AttributesOf<Rendition, 'shown' | 'internal' | 'apart'>;

/** The record of a rendition that has just been requested. */
export const queuedRendition = (
  { name, commands, output, askedOutput }: SettledRequest,
  now: Date,
  place = 0,
): Rendition => ({
  name,
  commands,
  output,
  ...(askedOutput && { askedOutput }),
  status: 'queued',
  attempts: 0,
  requestedAt: now.toISOString(),
  place,
  updatedAt: now.toISOString(),
});
