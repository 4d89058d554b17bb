import { exportJWK, generateKeyPair, SignJWT } from 'jose';
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
): Promise<string> =>
  new SignJWT({ scope: scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, kid: 'tests', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(owner)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);

/** The header of `ownerToken`. */
export const as = async (owner: string, scopes?: readonly Scope[]): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await ownerToken(owner, scopes)}`,
});
