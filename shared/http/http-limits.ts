import { LINGERING_LIMITS, type LingeringLimits } from './lingering-close.ts';
import { PIPELINING_LIMITS, type PipeliningLimits } from './pipelining.ts';

/** Limits for slow and greedy clients. Tests use smaller ones. */
export interface HttpLimits {
  /** Open connections: those that are served, and those beside them that are refused with 503. More are closed. */
  connections: { served: number; refused: number };
  pipelining: PipeliningLimits;
  lingering: LingeringLimits;
  /** Milliseconds between two reads of a body; nginx's `client_body_timeout`. */
  stalledMs: number;
  /** Milliseconds in which a whole JSON body must arrive. */
  jsonMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connections: { served: Number.POSITIVE_INFINITY, refused: 0 },
  pipelining: PIPELINING_LIMITS,
  lingering: LINGERING_LIMITS,
  stalledMs: 60_000,
  jsonMs: 60_000,
};
