import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Problem } from '../../shared/contracts/api/problem.ts';
import { ERRORS, type ErrorCode } from '../../shared/domain/errors.ts';
import { type Answer, ConnectionLost } from './http-exchange.ts';

/** With the delays below, retries last at least one and a half minutes: enough for a service to restart. */
const RETRIES = 8;
const DELAYS = { minTimeout: 500, factor: 2, maxTimeout: 30_000, randomize: true };

/** Statuses with which the same request may succeed later, whichever server sent them. */
const PASSING = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Seconds. Nobody waits longer for a command, and a timer of more than 24 days would fire at once. */
const LONGEST_WAIT = 600;

/** The value of `Retry-After`, at most `LONGEST_WAIT`; undefined where it is absent or a date, which servers may send too. */
export function retryAfterSeconds({ 'retry-after': value = '' }: Answer['headers']): number | undefined {
  return /^\d+$/.test(String(value)) ? Math.min(Number(value), LONGEST_WAIT) : undefined;
}

/** An error answer, with the problem document of the service or from a proxy before it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly problem: Partial<Problem>;
  readonly retryAfterSeconds: number | undefined;

  constructor({ status, headers, body }: Answer) {
    const problem = readProblem(body);
    const advice = status === 401 ? ' Set IMAGE_SERVICE_API_KEY to a key of this service.' : '';
    super((problem.detail ?? `The service answers ${status}.`) + advice);
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds(headers);
  }

  get code(): ErrorCode | undefined {
    return this.problem.code;
  }

  get isRetryable(): boolean {
    return PASSING(this.status) || (this.code !== undefined && ERRORS[this.code]?.retryable === true);
  }
}

function readProblem(body: Buffer): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

/** How often to try again, and what to call before each retry. */
export interface Retrying {
  onRetry: (reason: string, seconds: number) => void;
  retries?: number;
  signal?: AbortSignal | undefined;
  /** Codes that are retryable for this request, though not in general. */
  passing?: readonly ErrorCode[];
}

/** Tries until `attempt` succeeds, fails for good, or has failed too often. Waits at least as long as the service asks. */
export function withRetries<Result>(
  attempt: () => Promise<Result>,
  { onRetry, retries = RETRIES, signal, passing = [] }: Retrying,
): Promise<Result> {
  const mayPass = (error: unknown) =>
    error instanceof ConnectionLost ||
    (error instanceof Refusal && (error.isRetryable || (error.code !== undefined && passing.includes(error.code))));
  return pRetry(attempt, {
    ...DELAYS,
    retries,
    signal,
    shouldRetry: ({ error }) => mayPass(error),
    async onFailedAttempt({ error, retryDelay, retriesLeft }) {
      if (retriesLeft === 0 || !mayPass(error)) return;
      const asked = error instanceof Refusal ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
      onRetry(error.message, Math.max(asked, retryDelay) / 1000);
      if (asked > retryDelay) await sleep(asked - retryDelay, undefined, { signal });
    },
  });
}
