import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { digestOfKey, makeApiKey } from '../../../../shared/domain/api-key.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { LOCAL_OWNER, SCOPES, type Scope } from '../../../../shared/domain/principal.ts';
import { UPLOAD_TOKEN_PREFIX, type UploadBounds } from '../../../../shared/domain/upload-token.ts';
import { createApiKey, revokeApiKey } from '../../../../shared/storage/table/api-keys.ts';
import type { ImageTable } from '../../../../shared/storage/table/image-table.ts';
import { createUploadToken } from '../../../../shared/storage/table/upload-tokens.ts';
import { FUZZED_ISSUERS, tokenOf } from './jwt-texts.ts';
import { markedSecret } from './secrets.ts';

/** Whose images there are, and somebody else. */
export const OWNER = 'first:alice';
export const STRANGER = 'second:bob';

/** The key of API_KEYS, which opens the images of the owner `local`. */
export const LOCAL_KEY = markedSecret();

const linkKey = (id: string) => ({ id, secret: markedSecret() });
export const FUZZED_LINK_KEYS = [linkKey('now'), linkKey('before')] as const;

/** The settings with which the services know the callers. Limits are counted, and not reached: the many clients here have one machine. */
export const AUTHENTICATION_SETTINGS = {
  AUTHENTICATION: 'on',
  API_KEYS: createHash('sha256').update(LOCAL_KEY).digest('hex'),
  JWT_ISSUERS: FUZZED_ISSUERS,
  LINK_KEYS: FUZZED_LINK_KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
  PART_URL_SECRET: markedSecret(),
  CDN_SECRETS: markedSecret(),
  TRUSTED_PROXIES: '1',
  DEFAULT_VISIBILITY: 'private',
  MODERATION: 'public',
  OWNER_LIMITS: JSON.stringify({ requestsPerMinute: 1_000_000, requestsPerMinuteAndAddress: 1_000_000 }),
};

/** The header with which an owner may do everything. */
export const authorizationOf = (owner: string): { authorization: string } => ({
  authorization: `Bearer ${owner === LOCAL_OWNER ? LOCAL_KEY : tokenOf(owner)}`,
});

interface NewKey {
  owner: string;
  scopes?: readonly Scope[];
  expiresAt?: string;
  isRevoked?: boolean;
}

/** Makes a key that is in the table. */
export async function createdKey(table: ImageTable, { isRevoked, scopes = SCOPES, ...given }: NewKey): Promise<string> {
  const { keyId } = makeApiKey();
  const key = `isk_${keyId}_${markedSecret()}`;
  const made = { keyId, digest: digestOfKey(key), createdAt: new Date().toISOString(), createdBy: 'the fuzzers' };
  if (!(await createApiKey(table, { ...made, scopes, ...given }))) throw new Error(`there is a key ${keyId} already`);
  if (isRevoked) await revokeApiKey(table, keyId);
  return key;
}

/** An upload token that is in the table, with what it becomes. */
export interface FuzzedUploadToken {
  credential: string;
  uploadId: string;
  imageId: string;
}

/** Makes an upload token; of one that has expired, `seconds` are negative. */
export async function createdUploadToken(
  table: ImageTable,
  { seconds = 3_600, ...bounds }: Partial<UploadBounds> & { seconds?: number } = {},
): Promise<FuzzedUploadToken> {
  const tokenId = randomBytes(12).toString('hex');
  const credential = `${UPLOAD_TOKEN_PREFIX}${tokenId}_${markedSecret()}`;
  const ids = { imageId: createImageId(), uploadId: randomUUID() };
  await createUploadToken(table, {
    ...{ tokenId, owner: OWNER, ...ids, digest: digestOfKey(credential), createdBy: 'the fuzzers' },
    createdAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
    ...{ maxBytes: 1_000_000, renditions: [], ...bounds },
  });
  return { credential, ...ids };
}
