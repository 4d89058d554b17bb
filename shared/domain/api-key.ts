import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './principal.ts';

/** What is kept of an API key: never the key itself. Times are ISO 8601. */
export interface ApiKeyRecord {
  keyId: string;
  owner: string;
  scopes: readonly Scope[];
  /** SHA-256 of the whole key, in hex. */
  digest: string;
  /** What people call it. */
  name?: string;
  createdAt: string;
  createdBy: string;
  expiresAt?: string;
  revokedAt?: string;
  /** To the hour or so. */
  lastUsedAt?: string;
}

/** `isk_ID_SECRET`. The beginning lets scanners for secrets find keys that were published by mistake. */
const API_KEY = /^isk_([a-z2-7]{12})_[\w-]{43}$/;

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Makes a new key. Its secret has 256 bits, so that a digest without salt is enough: nobody can try out all of them. */
export function makeApiKey(): { key: string; keyId: string; digest: string } {
  const keyId = Array.from(randomBytes(12), (byte) => BASE32[byte % 32]).join('');
  const key = `isk_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { key, keyId, digest: digestOfKey(key) };
}

/** The id in a key; undefined if a text is no key of this form. */
export const keyIdOf = (key: string): string | undefined => API_KEY.exec(key)?.[1];

/** Whether a text may be the id of a key. */
export const isKeyId = (text: string): boolean => /^[a-z2-7]{12}$/.test(text);

export const digestOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Whether a key is valid at a time in epoch milliseconds. */
export const isValidKey = (
  { expiresAt, revokedAt }: Pick<ApiKeyRecord, 'expiresAt' | 'revokedAt'>,
  now: number,
): boolean => revokedAt === undefined && (expiresAt === undefined || now < Date.parse(expiresAt));
