import type { AttributesOf } from './attributes.ts';
import type { RenditionRequest } from './commands.ts';
import type { Failure } from './errors.ts';
import { isVariant } from './variant.ts';
import type { Warning } from './warnings.ts';

export const RENDITION_STATUSES = ['queued', 'processing', 'ready', 'failed'] as const;
export type RenditionStatus = (typeof RENDITION_STATUSES)[number];

/** A change of status: what it leads to, and from where it may start. */
interface RenditionTransition {
  to: RenditionStatus;
  from: readonly RenditionStatus[];
}

/**
 * Every change a rendition can go through, each one conditional write. `processing` may start again: a redelivery after a crash finds
 * it so, and the queue's visibility timeout is the lease.
 */
export const RENDITION_TRANSITIONS = {
  start: { to: 'processing', from: ['queued', 'processing'] },
  finish: { to: 'ready', from: ['processing'] },
  fail: { to: 'failed', from: ['queued', 'processing'] },
  /** An attempt ended in a failure that passes; its message comes again. */
  giveBack: { to: 'queued', from: ['processing'] },
  /** Somebody asks again for what failed. */
  askAgain: { to: 'queued', from: ['failed'] },
  /** Somebody asks for one whose object a lifecycle rule has removed. */
  remake: { to: 'queued', from: ['ready'] },
} as const satisfies Record<string, RenditionTransition>;

/** Nothing changes a rendition in these until somebody asks for it again. */
export const isFinal = (status: RenditionStatus): boolean => status === 'ready' || status === 'failed';

/** How far an image's renditions are, all together. */
export const IMAGE_PROGRESS = ['processing', 'failed', 'ready'] as const;
export type ImageProgress = (typeof IMAGE_PROGRESS)[number];

type Named = Pick<Rendition, 'name' | 'status'>;

/** Without variants: nobody has asked for those, and what they stand beside is there. */
const askedFor = (renditions: readonly Named[]): Named[] => renditions.filter((rendition) => !isVariant(rendition));

/** `failed` as soon as one has; else `processing` until all are ready. */
export function progressOf(renditions: readonly Named[]): ImageProgress {
  const asked = askedFor(renditions);
  if (asked.some(({ status }) => status === 'failed')) return 'failed';
  return asked.every(({ status }) => status === 'ready') ? 'ready' : 'processing';
}

/** Whether nothing will change until somebody asks for something. */
export const isSettled = (renditions: readonly Named[]): boolean =>
  askedFor(renditions).every(({ status }) => isFinal(status));

/** What the worker knows of a rendition it has made. */
export interface RenditionFacts {
  key: string;
  contentType: string;
  contentLength: number;
  checksumSha256: string;
  width: number;
  /** Of one frame. */
  height: number;
  /** Present for an animation. */
  frames?: number;
  /** The quality that `maxBytes` led to. */
  quality?: number;
  /** What it lacks; absent if nothing. */
  warnings?: Warning[];
}

/** Every fact: `told` to whoever may read the record, or `kept`. */
export const FACT_ATTRIBUTES = {
  key: 'kept',
  contentType: 'told',
  contentLength: 'told',
  checksumSha256: 'told',
  width: 'told',
  height: 'told',
  frames: 'told',
  quality: 'told',
  warnings: 'told',
} as const satisfies AttributesOf<RenditionFacts, 'told' | 'kept'>;

export interface Rendition extends RenditionRequest {
  status: RenditionStatus;
  /** Times the decode was begun, counted before it begins and taken back when it ends in a failure that passes. */
  attempts: number;
  requestedAt: string;
  /** Its place among those asked for in one request, from 0. */
  place: number;
  updatedAt: string;
  /** Present when ready. */
  facts?: RenditionFacts;
  /** Present when failed. */
  failure?: Failure;
}

/** Every attribute of a rendition: `told` as it is to whoever may read the record, or `kept`. Whatever else an item of the table has stays there. */
export const RENDITION_ATTRIBUTES = {
  name: 'told',
  status: 'told',
  attempts: 'told',
  requestedAt: 'told',
  place: 'kept',
  updatedAt: 'told',
  commands: 'told',
  output: 'told',
  /** Told one by one. */
  facts: 'kept',
  failure: 'told',
} as const satisfies AttributesOf<Rendition, 'told' | 'kept'>;

/** A rendition as it is when somebody has just asked for it. */
export const queuedRendition = ({ name, commands, output }: RenditionRequest, now: Date, place = 0): Rendition => ({
  name,
  commands,
  output,
  status: 'queued',
  attempts: 0,
  requestedAt: now.toISOString(),
  place,
  updatedAt: now.toISOString(),
});
