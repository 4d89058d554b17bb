import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ImageServiceError } from '../domain/errors.ts';
import { UPLOAD_SCOPE, type Verifier } from '../domain/principal.ts';
import { UPLOAD_TOKEN_PREFIX, type UploadToken } from '../domain/upload-token.ts';
import { CLOCK, type Clock } from '../runtime/clock.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { readUploadToken } from '../storage/table/upload-tokens.ts';
import { openFailedLookups } from './failed-lookups.ts';

/** The id tells which record to read; the secret is what nobody can guess. */
const CREDENTIAL = /^ist_([0-9a-f]{24})_[\w-]{43}$/;

const digestOf = (credential: string): Buffer => createHash('sha256').update(credential).digest();

/** A new credential, of which only its holder knows all: the record keeps its digest. */
export function newUploadCredential(): Pick<UploadToken, 'tokenId' | 'digest'> & { credential: string } {
  const tokenId = randomBytes(12).toString('hex');
  const credential = `${UPLOAD_TOKEN_PREFIX}${tokenId}_${randomBytes(32).toString('base64url')}`;
  return { tokenId, credential, digest: digestOf(credential).toString('hex') };
}

/** Milliseconds for which a record counts without a new read: every part of an upload has the token. A record never changes. */
const FRESH_MS = 10_000;

const MAX_TOKENS = 1_000;

interface Dependencies {
  table: ImageTable;
  /** Whether the key that has made a token is still valid; all are if absent. It is asked at every request. */
  isKeyValid?: ((keyId: string, address: string) => Promise<boolean>) | undefined;
  clock?: Pick<Clock, 'now'> | undefined;
  /** Epoch milliseconds; those of the machine if absent. */
  now?: (() => number) | undefined;
}

/** Verifies upload tokens. */
export function uploadTokenVerifier({ table, isKeyValid, clock = CLOCK, now = Date.now }: Dependencies): Verifier {
  const cache = new LRUCache<string, UploadToken>({ max: MAX_TOKENS, ttl: FRESH_MS, ttlResolution: 0, perf: clock });
  const failedLookups = openFailedLookups(clock);

  async function read(tokenId: string, address: string): Promise<UploadToken | undefined> {
    const cached = cache.get(tokenId);
    if (cached) return cached;
    const token = await failedLookups.count(address, () => readUploadToken(table, tokenId));
    if (token) cache.set(tokenId, token);
    return token;
  }

  return async (credential, address) => {
    if (!credential.startsWith(UPLOAD_TOKEN_PREFIX)) return undefined;
    const [, tokenId] = CREDENTIAL.exec(credential) ?? [];
    const token = tokenId === undefined ? undefined : await read(tokenId, address);
    if (!token || !timingSafeEqual(Buffer.from(token.digest, 'hex'), digestOf(credential))) throw invalid();
    const { owner, expiresAt, keyId } = token;
    if (Date.parse(expiresAt) <= now()) throw expired(token);
    if (keyId !== undefined && isKeyValid && !(await isKeyValid(keyId, address))) throw invalid();
    return {
      kind: 'upload-token',
      owner,
      subject: token.tokenId,
      scopes: [UPLOAD_SCOPE],
      expiresAt: Date.parse(expiresAt),
      uploadToken: token,
    };
  };
}

const invalid = (): ImageServiceError =>
  new ImageServiceError(
    'token_invalid',
    'There is no such upload token, or the key that has made it was revoked. Ask for a new one where this one came from.',
  );

const expired = ({ expiresAt }: UploadToken): ImageServiceError =>
  new ImageServiceError(
    'token_expired',
    `The upload token was valid until ${expiresAt}. Ask for a new one where this one came from.`,
  );
