import { LINGERING_LIMITS, type LingeringLimits } from './lingering.ts';
import { PIPELINING_LIMITS, type PipeliningLimits } from './pipelining.ts';

/** What a client may cost a service by being slow or greedy. Tests give smaller ones. */
export interface HttpLimits {
  /** Connections at once: those that are served, and those beside them that are told that there is no room. More are closed. */
  connections: { served: number; refused: number };
  pipelining: PipeliningLimits;
  lingering: LingeringLimits;
  /** Milliseconds in which something of a body must come while it is waited for; nginx's `client_body_timeout`. */
  stalledMs: number;
  /** Milliseconds for a whole JSON body. */
  jsonMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connections: { served: Number.POSITIVE_INFINITY, refused: 0 },
  pipelining: PIPELINING_LIMITS,
  lingering: LINGERING_LIMITS,
  stalledMs: 60_000,
  jsonMs: 60_000,
};
