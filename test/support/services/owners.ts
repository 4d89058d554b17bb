import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { SCOPES, type Scope } from '../../../shared/domain/principal.ts';

/** The issuer of `ownerToken`, whose owners are the subjects of its tokens as they are. */
const ISSUER = 'urn:image-service:tests';
const AUDIENCE = 'image-service';
const ALGORITHM = 'Ed25519';

const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);

/** JWT_ISSUERS of services that take `ownerToken`. */
export const OWNER_ISSUERS = JSON.stringify([
  {
    name: 'tests',
    issuer: ISSUER,
    audience: [AUDIENCE],
    ownerPrefix: '',
    keys: [{ ...(await exportJWK(publicKey)), kid: 'tests' }],
  },
]);

/** A token with which a client of the services acts in the name of an owner for an hour; all scopes but `admin` by default. */
export const ownerToken = (
  owner: string,
  scopes: readonly Scope[] = SCOPES.filter((scope) => scope !== 'admin'),
): Promise<string> => differentToken(owner, { scope: scopes.join(' ') });

/** The same with other claims or another header. */
export const differentToken = (owner: string, claims: JWTPayload, header: object = {}): Promise<string> =>
  new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: owner, exp: Math.floor(Date.now() / 1000) + 3_600, ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: 'tests', typ: 'at+jwt', ...header })
    .sign(privateKey);

/** The header of `ownerToken`. */
export const as = async (owner: string, scopes?: readonly Scope[]): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await ownerToken(owner, scopes)}`,
});
