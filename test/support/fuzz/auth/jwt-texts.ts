import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { SCOPES } from '../../../../shared/domain/principal.ts';
import { MARK } from './secrets.ts';

/** A token in the making: texts, because what is wrong with one may be no JSON. */
export interface Draft {
  header: string;
  payload: string;
  sign(signed: Buffer): Buffer;
}

/** A key of an issuer, by the algorithm that it signs with. */
interface SigningKey {
  alg: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  sign(signed: Buffer): Buffer;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const others = generateKeyPairSync('ed25519');

export const SIGNING_KEYS: readonly SigningKey[] = [
  { alg: 'RS256', ...rsa, sign: (signed) => sign('sha256', signed, rsa.privateKey) },
  {
    ...{ alg: 'ES256', ...ec },
    sign: (signed) => sign('sha256', signed, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  },
  { alg: 'EdDSA', ...ed, sign: (signed) => sign(null, signed, ed.privateKey) },
];

export const signByAnother = (signed: Buffer): Buffer => sign(null, signed, others.privateKey);

/** As if the public key were the secret of an HMAC. */
export const signByPublicKey = (signed: Buffer): Buffer =>
  createHmac('sha256', rsa.publicKey.export({ type: 'spki', format: 'pem' }))
    .update(signed)
    .digest();

/** Two issuers of the same keys. The owners of the first are its subjects, those of the second its tenants. */
const ISSUERS = [
  { name: 'first', issuer: 'urn:fuzzers:first', audience: ['images', 'pictures'] },
  { name: 'second', issuer: 'urn:fuzzers:second', audience: ['images'], ownerClaim: 'tenant', scopeClaim: 'scp' },
];

const kidOf = ({ alg }: SigningKey): string => `key-${alg}`;

/** JWT_ISSUERS of the services. */
export const FUZZED_ISSUERS = JSON.stringify(
  ISSUERS.map((issuer) => ({
    ...issuer,
    keys: SIGNING_KEYS.map((key) => ({ ...key.publicKey.export({ format: 'jwk' }), kid: kidOf(key) })),
  })),
);

export const headerOf = (key: SigningKey): Record<string, unknown> => ({ alg: key.alg, kid: kidOf(key) });

/** Claims of a valid token of an owner, whose name begins with that of the issuer. The mark stands for all that is secret in them. */
export function claimsOf(owner: string, scopes: readonly string[] = SCOPES): Record<string, unknown> {
  const [issuer = ''] = owner.split(':', 1);
  const name = owner.slice(issuer.length + 1);
  return {
    ...{ iss: `urn:fuzzers:${issuer}`, aud: 'images', sub: name, tenant: name, jti: `${MARK}-${randomUUID()}` },
    ...{ scope: scopes.join(' '), scp: scopes, exp: Math.floor(Date.now() / 1000) + 3_600 },
  };
}

export const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

export function encodeDraft({ header, payload, sign: signDraft }: Draft): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${signDraft(Buffer.from(signed)).toString('base64url')}`;
}

/** A valid token. */
export function tokenOf(owner: string, scopes?: readonly string[], key = SIGNING_KEYS[2] as SigningKey): string {
  return encodeDraft({
    header: JSON.stringify(headerOf(key)),
    payload: JSON.stringify(claimsOf(owner, scopes)),
    sign: key.sign,
  });
}
