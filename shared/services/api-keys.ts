import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ACCESS_TIMING } from '../contracts/access-timing.ts';
import { unknownCredential } from '../contracts/api/challenges.ts';
import { type ApiKeyRecord, digestOfKey, isValidKey, keyIdOf } from '../domain/api-key.ts';
import { hasCode } from '../domain/errors.ts';
import type { Principal, Verifier } from '../domain/principal.ts';
import { CLOCK, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { noteUse, readApiKey } from '../storage/table/api-keys.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { openFailedLookups } from './failed-lookups.ts';

/** Milliseconds for which it counts if the table cannot be read meanwhile. */
const STALE_MS = 60_000;
/** Milliseconds for which a key that is not in the table stays unknown. */
const MISSING_MS = 10_000;
/** Keys of which a process knows something. An entry takes less than a kilobyte. */
const MOST_KEYS = 10_000;

interface ApiKeysOptions {
  table: ImageTable;
  logger: Logger;
  clock?: Clock | undefined;
}

/** What the table had of a key, and when. */
interface Seen {
  record: ApiKeyRecord | undefined;
  readAt: number;
}

interface ApiKeys {
  verify: Verifier;
  /** Whether a key is still valid, for what was made with it. `address` is that of whoever has it. */
  isValid(keyId: string, address: string): Promise<boolean>;
}

/** Opens what verifies the API keys that are kept in the table. */
export function openApiKeys({ table, logger, clock = CLOCK }: ApiKeysOptions): ApiKeys {
  const failedLookups = openFailedLookups(clock);
  const noted = new LRUCache<string, true>({
    max: MOST_KEYS,
    ttl: ACCESS_TIMING.keyUseNotedMs,
    ttlResolution: 0,
    perf: clock,
  });
  const seen = new LRUCache<string, Seen, string>({
    max: MOST_KEYS,
    ttl: ACCESS_TIMING.keyFreshMs,
    ttlResolution: 0,
    perf: clock,
    // What was read last is kept while the table cannot be read; `find` says for how long it counts.
    noDeleteOnFetchRejection: true,
    async fetchMethod(keyId, last, { options, context: address }) {
      const readAt = clock.now();
      // A key that is known is no guess, whoever else is at its address.
      const look = () => readApiKey(table, keyId);
      const record = await (last?.record ? look() : failedLookups.count(address, look));
      if (!record) options.ttl = MISSING_MS;
      return { record, readAt };
    },
  });

  async function find(keyId: string, address: string): Promise<ApiKeyRecord | undefined> {
    try {
      return (await seen.fetch(keyId, { context: address }))?.record;
    } catch (error) {
      const last = hasCode(error, 'service_unavailable') ? seen.peek(keyId, { allowStale: true }) : undefined;
      if (last && clock.now() - last.readAt < STALE_MS) return last.record;
      throw error;
    }
  }

  function note({ keyId }: ApiKeyRecord): void {
    if (noted.has(keyId)) return;
    noted.set(keyId, true);
    // Nobody waits for it, and a key works without it.
    noteUse(table, keyId).catch((err) => {
      noted.delete(keyId);
      logger.warn({ err, keyId }, 'that an API key was used could not be noted');
    });
  }

  const isValid = async (keyId: string, address: string) => isNow(await find(keyId, address));

  return {
    async verify(key, address) {
      const keyId = keyIdOf(key);
      if (keyId === undefined) return undefined;
      const record = await find(keyId, address);
      if (!record || !isKeyOf(record, key)) throw unknownCredential(UNKNOWN_KEY);
      note(record);
      return { ...principalOf(record), recheck: () => isValid(keyId, address) };
    },
    isValid,
  };
}

const isNow = (record: ApiKeyRecord | undefined): boolean => record !== undefined && isValidKey(record, Date.now());

/** Whether this is the key of a record, and valid. In constant time, so that an attacker does not learn how much of a guess is right. */
const isKeyOf = (record: ApiKeyRecord, key: string): boolean =>
  timingSafeEqual(Buffer.from(digestOfKey(key), 'hex'), Buffer.from(record.digest, 'hex')) && isNow(record);

const principalOf = ({ keyId, owner, scopes, expiresAt }: ApiKeyRecord): Principal => ({
  kind: 'key',
  owner,
  subject: keyId,
  scopes,
  ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }),
});

const UNKNOWN_KEY = 'The key is not valid: it is unknown, has ended or was revoked.';
