import type { ErrorCode } from './errors.ts';
import type { Visibility, WatermarkUse } from './image-record.ts';
import type { LinkTarget } from './link-target.ts';
import type { ModerationDecision } from './moderation.ts';
import type { Principal } from './principal.ts';

/**
 * Who made a request. `id` is the principal's subject, or the id of the key that has signed a link. It never is the credential itself. `cdn`:
 * somebody whose signed URL the CDN has checked. `webhook`: the webhook of moderation, which has decided by its answer. `nobody`: a request without
 * credentials, or with some that are not valid.
 */
export type AuditedCaller =
  | { kind: Principal['kind']; id: string; owner: string }
  | { kind: 'link'; id: string }
  | { kind: 'cdn' | 'webhook' | 'nobody' };

/** `done`: the answer is no error. `refused`: by status 4xx. `failed`: by 5xx. `unanswered`: the client was gone before there was an answer. */
export const AUDIT_RESULTS = ['done', 'refused', 'failed', 'unanswered'] as const;
export type AuditResult = (typeof AUDIT_RESULTS)[number];

/** What a request is about, by ids. */
export interface AuditSubject {
  imageId?: string;
  uploadId?: string;
  uploadTokenId?: string;
  /** Whose images an operator's request is about. */
  subjectOwner?: string;
}

/** What a request asked for, in fixed words and times. */
export interface AuditDetails {
  decision?: ModerationDecision;
  visibility?: Visibility;
  watermarkFor?: WatermarkUse;
  originalMetadata?: 'keep';
  target?: LinkTarget;
  /** When the link or the upload token ends, in ISO 8601 and UTC. */
  expiresAt?: string;
}

/** One line of the audit trail. It is made of ids and fixed words only: never a secret, a query, a file's name or metadata. */
export interface AuditLine extends AuditSubject, AuditDetails {
  /** When the answer was decided, in ISO 8601 and UTC. */
  time: string;
  /** The id of the request in the usual log, which the client may choose. */
  requestId: string;
  /** The operationId of the route. */
  operation: string;
  who: AuditedCaller;
  /** The address of the client; of the webhook, the name of its host. */
  address: string;
  result: AuditResult;
  status?: number;
  code?: ErrorCode;
}

/** Takes a line to the trail. It neither waits nor throws. */
export type AuditSink = (line: AuditLine) => void;
