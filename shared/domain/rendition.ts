import type { RenditionRequest } from './commands.ts';
import type { Failure } from './errors.ts';

export const RENDITION_STATUSES = ['queued', 'processing', 'ready', 'failed'] as const;
export type RenditionStatus = (typeof RENDITION_STATUSES)[number];

/**
 * From which statuses a rendition may reach a status; every change is one conditional write with this list as its condition.
 * `processing` may follow itself: a redelivery after a crash finds it so, and the queue's visibility timeout is the lease.
 */
export const RENDITION_TRANSITIONS: Readonly<Record<RenditionStatus, readonly RenditionStatus[]>> = {
  queued: ['failed'],
  processing: ['queued', 'processing'],
  ready: ['processing'],
  failed: ['queued', 'processing'],
};

/** Nothing changes a rendition in these until somebody asks for it again. */
export const isFinal = (status: RenditionStatus): boolean => status === 'ready' || status === 'failed';

/** What the worker knows of a rendition it has made. */
export interface RenditionFacts {
  key: string;
  contentType: string;
  contentLength: number;
  checksumSha256: string;
  width: number;
  height: number;
}

export interface Rendition extends RenditionRequest {
  status: RenditionStatus;
  /** Times the decode was begun, counted before it begins. */
  attempts: number;
  requestedAt: string;
  updatedAt: string;
  /** Present when ready. */
  facts?: RenditionFacts;
  /** Present when failed. */
  failure?: Failure;
}

/** A rendition as it is when somebody has just asked for it. */
export const queuedRendition = (request: RenditionRequest, now: Date): Rendition => ({
  ...request,
  status: 'queued',
  attempts: 0,
  requestedAt: now.toISOString(),
  updatedAt: now.toISOString(),
});
