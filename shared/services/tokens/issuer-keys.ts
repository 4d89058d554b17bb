import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { JwtIssuer } from '../../contracts/jwt-issuers.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import { CLOCK, type Clock, jittered } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { openFailedLookups } from '../failed-lookups.ts';
import { fetchKeys } from './fetch-keys.ts';

/** Milliseconds, or thereabouts, for which keys count that the issuer has withdrawn. */
const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 30_000;

/** Milliseconds in which an issuer must answer. */
const ANSWER_MS = 5_000;

/** Milliseconds from the beginning of one fetch to the next, however many tokens name keys that are not known. */
const APART_MS = 1_000;

/** Milliseconds that a request waits for keys. */
const WAIT_MS = 3_000;

/** Unknown keys that may wait for one fetch. Each is of one address and one `kid`, however many requests name it. */
const MOST_AWAITED = 256;

/** Milliseconds after which keys count no more that could not be fetched again: for so long, a key that the issuer has withdrawn may count. */
const STALE_MS = 24 * 3_600_000;

/** Finds the key that a token names; `address` is that of whoever has sent it. */
export type FindKey = (...token: [...Parameters<JWTVerifyGetKey>, address: string]) => ReturnType<JWTVerifyGetKey>;

export interface IssuerKeys {
  /**
   * Throws `service_unavailable` if it cannot be told now whether there is such a key, and `too_many_requests_from_address` if too many that are
   * unknown are being looked for: anybody can name some, so they must be neither a failure of the service nor in the way of others.
   */
  findKey: FindKey;
  stop(): void;
}

const unavailable = (): ImageServiceError =>
  new ImageServiceError('service_unavailable', 'The keys of the issuer of the token cannot be had now. Try again.', {
    retryAfterSeconds: 5,
  });

const tooManyAwaited = (): ImageServiceError =>
  new ImageServiceError(
    'too_many_requests_from_address',
    'Too many tokens name keys that are not known yet. Send the token again in a second.',
    { retryAfterSeconds: 1 },
  );

/**
 * Follows the keys of an issuer. Tokens are verified by those fetched last, so that none waits for the issuer or fails with it. A token with a key that
 * is not known waits for the next fetch, because the issuer may just have begun to use that key.
 */
export function openIssuerKeys(
  issuer: JwtIssuer,
  { logger, clock = CLOCK }: { logger: Logger; clock?: Clock | undefined },
): IssuerKeys {
  const stopped = new AbortController();
  const failedLookups = openFailedLookups(clock);
  /** What is looked for in the next fetch. */
  const awaited = new Map<string, Promise<unknown>>();
  let known: { find: JWTVerifyGetKey; fetchedAt: number } | undefined;
  let running: Promise<boolean> | undefined;
  let begunAt = Number.NEGATIVE_INFINITY;
  let next: Promise<boolean> | undefined;
  let hasFailed = false;

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
    awaited.clear();
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
    const done = new AbortController();
    const late = clock.pause(WAIT_MS, done.signal).then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([keys(), late]);
    } finally {
      done.abort();
    }
  }

  /** Waits for the next fetch, because the known keys have none for a token. Requests of one address that name the same key wait together, and count once. */
  async function awaitKey(...[header, token, address]: Parameters<FindKey>): Promise<void> {
    const name = `${address} ${header.kid}`;
    if (awaited.has(name)) return void (await awaited.get(name));
    if (awaited.size >= MOST_AWAITED) throw tooManyAwaited();
    await failedLookups.count(address, () => {
      const found = findFetched(header, token);
      awaited.set(name, found);
      return found;
    });
  }

  async function findFetched(...token: Parameters<JWTVerifyGetKey>) {
    if (!(await waitFor(fetched))) throw unavailable();
    try {
      return await known?.find(...token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      throw error;
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
    async findKey(header, token, address) {
      if (!isUsable()) await waitFor(() => running ?? fetched());
      if (!known || !isUsable()) throw unavailable();
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await awaitKey(header, token, address);
        return known.find(header, token);
      }
    },
    stop: () => stopped.abort(),
  };
}
