import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { JWTPayload } from 'jose';
import { type ApiKeyRecord, keyIdOf, makeApiKey } from '../../../shared/domain/api-key.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { SCOPES, type Scope, UPLOAD_SCOPE } from '../../../shared/domain/principal.ts';
import { newUploadCredential } from '../../../shared/services/upload-tokens.ts';
import { createApiKey, revokeApiKey } from '../../../shared/storage/table/api-keys.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { createUploadToken } from '../../../shared/storage/table/upload-tokens.ts';
import { earlierKey, signedFor, withQuery } from '../http/links.ts';
import { as, differentToken, ownerToken } from '../services/owners.ts';
import type { Services } from '../services/services.ts';
import { type MadeToken, madeToken } from '../services/upload-tokens.ts';

/** Whose images are asked for. */
export const OWNER = 'alice';

const KEY = 'the-key-of-today';
/** API_KEYS of the services that know KEY, the owner of whose images is `local`. */
export const API_KEYS = createHash('sha256').update(KEY).digest('hex');

/** What a request shows of who makes it, and what that proves. */
export interface Credential {
  /** The headers that show it, which may have to be made first. */
  headers?(services: Services): Promise<Record<string, string>>;
  /** The path with which the request is made, where that proves something. */
  path?(path: string): string;
  /** In whose name, and for what; nobody's and nothing if the credential is none. */
  owner?: string;
  scopes?: readonly string[];
  /** The code of the refusal where credentials are needed; `unauthenticated` for most that are none. */
  refusal?: ErrorCode;
  /** Whether it is the upload token that has begun the uploads that are asked for, and so is tried with those only. */
  hasBegun?: true;
  /** What a signed link does on routes that links open: that, or the code with which it is refused. */
  link?: 'opens' | ErrorCode;
}

const bearer = (text: string) => ({ headers: async () => ({ authorization: `Bearer ${text}` }) });
const tokenOf = (owner: string, scopes: Scope[]): Credential => ({
  ...{ owner, scopes },
  headers: () => as(owner, scopes),
});
const USUAL = SCOPES.filter((scope) => scope !== 'admin');
const linked = (path: (path: string) => string, link: Credential['link'], beside: Credential = {}): Credential => ({
  ...beside,
  ...(link && { link }),
  path,
});
const valid = (path: string) => signedFor(path, 600);

const keyOf = (owner: string, scopes: readonly Scope[]): Credential => ({
  ...{ owner, scopes },
  headers: async ({ table }) => ({ authorization: `Bearer ${await createdKey(table, { owner, scopes })}` }),
});

/** A token of the owner with which something is wrong. */
const wrongToken = (claims: JWTPayload, refusal: ErrorCode = 'token_invalid', header: object = {}): Credential => ({
  headers: async () => ({
    authorization: `Bearer ${await differentToken(OWNER, { scope: USUAL.join(' '), ...claims }, header)}`,
  }),
  refusal,
});

async function createdKey(
  table: ImageTable,
  given: Pick<ApiKeyRecord, 'owner' | 'scopes' | 'expiresAt'>,
): Promise<string> {
  const { key, ...made } = makeApiKey();
  const record = { ...made, createdAt: new Date().toISOString(), createdBy: 'a test', ...given };
  expect(await createApiKey(table, record)).to.equal(true);
  return key;
}

async function revokedKey(table: ImageTable, given: Pick<ApiKeyRecord, 'owner' | 'scopes'>): Promise<string> {
  const key = await createdKey(table, given);
  await revokeApiKey(table, String(keyIdOf(key)));
  return key;
}

const uploadTokenOf = (owner: string): Credential => ({
  ...{ owner, scopes: [UPLOAD_SCOPE] },
  headers: async (services) => ({ authorization: `Bearer ${(await madeToken(services, {}, owner)).token}` }),
});

/** The token that has begun the uploads of a suite. */
const begunTokens = new WeakMap<Services, Promise<MadeToken>>();
export function begunToken(services: Services): Promise<MadeToken> {
  const token = begunTokens.get(services) ?? madeToken(services, {}, OWNER);
  begunTokens.set(services, token);
  return token;
}

/** A token that was valid until a second ago. */
async function expiredToken({ table }: Services): Promise<string> {
  const { credential, ...secret } = newUploadCredential();
  const [createdAt = '', expiresAt = ''] = [-60_000, -1_000].map((ms) => new Date(Date.now() + ms).toISOString());
  await createUploadToken(table, {
    ...{ ...secret, owner: OWNER, imageId: createImageId(), uploadId: randomUUID(), createdBy: 'a test' },
    ...{ maxBytes: 1, renditions: [], createdAt, expiresAt },
  });
  return credential;
}

/** Every kind of credential, each with what it proves: a new kind is a new row, and is tried on every route. */
export const CREDENTIALS: Record<string, Credential> = {
  nothing: {},
  'a wrong key': bearer('the-key-of-tomorrow'),
  'the digest of a key': bearer(API_KEYS),
  'another scheme': { headers: async () => ({ authorization: `Basic ${KEY}` }) },
  'a scheme without a key': { headers: async () => ({ authorization: 'Bearer ' }) },
  'a key with more behind it': bearer(`${KEY} more`),
  'a key of 9,000 characters': bearer('a'.repeat(9_000)),
  'a key of API_KEYS': { ...bearer(KEY), owner: 'local', scopes: SCOPES },
  "the owner's token": tokenOf(OWNER, USUAL),
  "the owner's token for reading": tokenOf(OWNER, ['images:read']),
  "the owner's token for writing": tokenOf(OWNER, ['images:write']),
  "the owner's token for deleting": tokenOf(OWNER, ['images:delete']),
  "the owner's token for what crosses owners": tokenOf(OWNER, ['admin']),
  "another owner's token": tokenOf('bob', USUAL),
  "another owner's token for everything": tokenOf('bob', [...SCOPES]),
  'the token of an owner with a longer name': tokenOf(`${OWNER}2`, USUAL),
  'the token of an owner with the name in capitals': tokenOf(OWNER.toUpperCase(), USUAL),
  "the owner's token with another end": {
    headers: async () => ({ authorization: `Bearer ${(await ownerToken(OWNER)).slice(0, -6)}AAAAAA` }),
    refusal: 'token_invalid',
  },
  "the owner's token that has expired": wrongToken({ exp: 1_700_000_000 }, 'token_expired'),
  "the owner's token that begins later": wrongToken({ nbf: 4_000_000_000 }),
  "the owner's token for another audience": wrongToken({ aud: 'another' }),
  "the owner's token of another issuer": wrongToken({ iss: 'urn:another' }),
  "the owner's token by an unknown key": wrongToken({}, 'token_invalid', { kid: 'unknown' }),
  "the owner's token without a scope": { ...wrongToken({ scope: 'openid' }), owner: OWNER },
  "the owner's token with the scope of upload tokens": { ...wrongToken({ scope: 'upload-token' }), owner: OWNER },
  'an ID token of the owner': wrongToken({ token_use: 'id' }),
  "the owner's key": keyOf(OWNER, USUAL),
  "the owner's key for reading": keyOf(OWNER, ['images:read']),
  "the owner's key for what crosses owners": keyOf(OWNER, ['admin']),
  "another owner's key": keyOf('bob', SCOPES),
  'a key that the table does not have': bearer(makeApiKey().key),
  "the owner's key that has expired": {
    headers: async ({ table }) => {
      const expiresAt = new Date(Date.now() - 60_000).toISOString();
      return { authorization: `Bearer ${await createdKey(table, { owner: OWNER, scopes: USUAL, expiresAt })}` };
    },
  },
  "the owner's key with another end": {
    headers: async ({ table }) => {
      const key = await createdKey(table, { owner: OWNER, scopes: USUAL });
      return { authorization: `Bearer ${key.slice(0, -6)}AAAAAA` };
    },
  },
  "the owner's key after it was revoked": {
    headers: async ({ table }) => ({
      authorization: `Bearer ${await revokedKey(table, { owner: OWNER, scopes: USUAL })}`,
    }),
  },
  'an upload token of the owner': uploadTokenOf(OWNER),
  'an upload token of another owner': uploadTokenOf('bob'),
  'the upload token of the upload': {
    ...{ owner: OWNER, scopes: [UPLOAD_SCOPE], hasBegun: true },
    headers: async (services) => ({ authorization: `Bearer ${(await begunToken(services)).token}` }),
  },
  'an upload token that has expired': {
    headers: async (services) => ({ authorization: `Bearer ${await expiredToken(services)}` }),
    refusal: 'token_expired',
  },
  'an upload token with another end': {
    headers: async (services) => ({
      authorization: `Bearer ${(await madeToken(services, {}, OWNER)).token.slice(0, -6)}AAAAAA`,
    }),
    refusal: 'token_invalid',
  },
  'a link': linked(valid, 'opens'),
  'a link of the earlier key': linked((path) => signedFor(path, 600, earlierKey), 'opens'),
  'a link beside a wrong key': linked(valid, 'opens', bearer('the-key-of-tomorrow')),
  "a link beside another owner's token": linked(valid, 'opens', tokenOf('bob', USUAL)),
  "a link beside the owner's token for deleting": linked(valid, 'opens', tokenOf(OWNER, ['images:delete'])),
  'a link that has expired': linked((path) => signedFor(path, -1), 'link_expired'),
  "a link that has expired beside the owner's token": linked(
    (path) => signedFor(path, -1),
    'link_expired',
    tokenOf(OWNER, USUAL),
  ),
  'a link with a later end': linked(
    (path) => withQuery(valid(path), (query) => query.set('expires', String(Number(query.get('expires')) + 1))),
    'link_invalid',
  ),
  'a link for another path': linked((path) => `${path}?${valid(`${path}x`).split('?')[1]}`, 'link_invalid'),
  'a link of an unknown key': linked(
    (path) => signedFor(path, 600, { id: 'unknown', secret: 'u'.repeat(32) }),
    'link_invalid',
  ),
};
