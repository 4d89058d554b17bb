import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { JwtIssuer } from '../../contracts/jwt-issuers.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import { CLOCK, type Clock, jittered } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { fetchKeys } from './fetch-keys.ts';

/** Milliseconds, or thereabouts, for which keys count that the issuer has withdrawn. */
const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 30_000;

/** Milliseconds in which an issuer must answer. */
const ANSWER_MS = 5_000;

/** Milliseconds from the beginning of one fetch to the next, however many tokens name keys that are not known. */
const APART_MS = 1_000;

/** Milliseconds that a request waits for keys, and how many requests wait for those of one issuer. Others would hold memory for nothing. */
const WAIT_MS = 3_000;
const MOST_WAITING = 256;

/** Milliseconds after which keys count no more that could not be fetched again: for so long, a key that the issuer has withdrawn may count. */
const STALE_MS = 24 * 3_600_000;

export interface IssuerKeys {
  /** Throws `service_unavailable` if it cannot be told now whether there is such a key. */
  findKey: JWTVerifyGetKey;
  stop(): void;
}

const unavailable = (): ImageServiceError =>
  new ImageServiceError('service_unavailable', 'The keys of the issuer of the token cannot be had now. Try again.', {
    retryAfterSeconds: 5,
  });

/**
 * Follows the keys of an issuer. Tokens are verified by those fetched last, so that none waits for the issuer or fails with it. A token with a key that
 * is not known waits for the next fetch, because the issuer may just have begun to use that key.
 */
export function openIssuerKeys(
  issuer: JwtIssuer,
  { logger, clock = CLOCK }: { logger: Logger; clock?: Clock | undefined },
): IssuerKeys {
  const stopped = new AbortController();
  let known: { find: JWTVerifyGetKey; fetchedAt: number } | undefined;
  let running: Promise<boolean> | undefined;
  let begunAt = Number.NEGATIVE_INFINITY;
  let next: Promise<boolean> | undefined;
  let hasFailed = false;
  let waiting = 0;

  const isUsable = (): boolean => known !== undefined && clock.now() - known.fetchedAt < STALE_MS;

  async function fetchOnce(): Promise<boolean> {
    try {
      known = {
        find: createLocalJWKSet(await withinTime((signal) => fetchKeys(issuer, signal))),
        fetchedAt: clock.now(),
      };
      if (hasFailed) logger.info({ issuer: issuer.name }, 'the keys of an issuer are fetched again');
      hasFailed = false;
    } catch (err) {
      if (!hasFailed && !stopped.signal.aborted)
        logger.warn({ err, issuer: issuer.name }, 'the keys of an issuer cannot be fetched');
      hasFailed = true;
    }
    return !hasFailed;
  }

  async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const done = new AbortController();
    clock.pause(ANSWER_MS, done.signal).then(
      () => late.abort(new Error(`The issuer did not answer within ${ANSWER_MS / 1000} s.`)),
      () => undefined,
    );
    try {
      return await work(AbortSignal.any([late.signal, stopped.signal]));
    } finally {
      done.abort();
    }
  }

  async function begin(): Promise<boolean> {
    await running;
    const pauseMs = begunAt + APART_MS - clock.now();
    if (pauseMs > 0) await clock.pause(pauseMs);
    next = undefined;
    begunAt = clock.now();
    running = fetchOnce();
    const isFetched = await running;
    running = undefined;
    return isFetched;
  }

  /** Resolves to whether keys were fetched, by a fetch that begins after this call: one under way may miss a key that was published since. */
  function fetched(): Promise<boolean> {
    next ??= begin();
    return next;
  }

  async function waitFor(keys: () => Promise<boolean>): Promise<boolean> {
    if (waiting >= MOST_WAITING) return false;
    waiting += 1;
    const done = new AbortController();
    const late = clock.pause(WAIT_MS, done.signal).then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([keys(), late]);
    } finally {
      waiting -= 1;
      done.abort();
    }
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      const isFetched = await fetched();
      if (known && !isUsable()) logger.error({ issuer: issuer.name }, 'the keys of an issuer are too old to be used');
      await clock.pause(jittered(isFetched ? REFRESH_MS : RETRY_MS), stopped.signal).catch(() => undefined);
    }
  }

  void follow();
  return {
    async findKey(header, token) {
      if (!isUsable()) await waitFor(() => running ?? fetched());
      if (!known || !isUsable()) throw unavailable();
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        if (!(await waitFor(fetched))) throw unavailable();
        return known.find(header, token);
      }
    },
    stop: () => stopped.abort(),
  };
}
