/** Limits for pipelined requests. */
export interface PipeliningLimits {
  /** The maximum number of requests that wait on one connection for earlier responses. */
  waiting: number;
  /** Milliseconds after which a connection is closed that has sent more. */
  overflowMs: number;
}

/** Limits for clients that keep sending after the response. */
export interface LingeringLimits {
  /** Milliseconds for which a client may keep sending after the response. */
  totalMs: number;
  /** Milliseconds for which it may send nothing during that time. */
  silentMs: number;
}

/** Limits for slow and greedy clients. Tests use smaller ones. */
export interface HttpLimits {
  /** Open connections: those that are served, and those beside them that are refused with 503. More are closed. */
  connections: { served: number; refused: number };
  pipelining: PipeliningLimits;
  lingering: LingeringLimits;
  /** Milliseconds between two reads of a body. */
  stalledMs: number;
  /** Milliseconds in which a whole JSON body must arrive. */
  jsonMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  // A service has as many connections as it may open files for (runtime/open-files.ts).
  connections: { served: Number.POSITIVE_INFINITY, refused: 0 },
  // Browsers do not pipeline, and benchmarks pipeline ten requests.
  pipelining: { waiting: 32, overflowMs: 10_000 },
  // nginx's `lingering_time` and `lingering_timeout`.
  lingering: { totalMs: 30_000, silentMs: 5_000 },
  // nginx's `client_body_timeout`.
  stalledMs: 60_000,
  jsonMs: 60_000,
};

/** Seconds in which a whole request must arrive, unless a service allows more (UPLOAD_TIMEOUT_SECONDS). */
export const REQUEST_SECONDS = 60;

/** Milliseconds after which a download is ended whose reader takes nothing: twice as long as load balancers keep an idle connection. */
export const READER_STALLED_MS = 120_000;
