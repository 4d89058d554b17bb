import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { LOCAL_ISSUER } from '../../../shared/contracts/jwt-issuers.ts';
import type { Scope } from '../../../shared/domain/principal.ts';
import { CommandError } from '../../command-line.ts';
import { issuerFile } from './data-folder.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const ALGORITHM = 'ES256';
const AUDIENCE = 'image-service';

const fileOf = (folder: string) => ({ path: issuerFile(folder), what: 'The key of tokens' });

/** The key of a data folder that signs tokens, made once, so that tokens outlast a restart; for this user only. */
export async function readOrCreateIssuer(folder: string): Promise<JWK> {
  const kept = await readIssuer(folder);
  if (kept) return kept;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: ALGORITHM };
  await writePrivateFile(fileOf(folder), JSON.stringify(key));
  return key;
}

/** The same; undefined if there is none. */
export async function readIssuer(folder: string): Promise<JWK | undefined> {
  const kept = await readPrivateFile(fileOf(folder));
  if (kept === undefined) return undefined;
  try {
    const key: JWK = JSON.parse(kept);
    if (!key.kid) throw new Error('it has no kid');
    await importJWK(key, ALGORITHM);
    return key;
  } catch {
    // The reason would quote the key.
    throw new CommandError(
      `${issuerFile(folder)} is damaged. Remove it, and the next npm start -- --auth makes a key; tokens that were signed before are not good then.`,
    );
  }
}

/** JWT_ISSUERS of services that take the tokens of a key. */
export function issuersOf({ kty, crv, x, y, kid, alg }: JWK): string {
  const keys = [{ kty, crv, x, y, kid, alg }];
  return JSON.stringify([{ name: 'local', issuer: LOCAL_ISSUER, audience: [AUDIENCE], ownerPrefix: '', keys }]);
}

interface TokenRequest {
  owner: string;
  scopes: readonly Scope[];
  lifetimeMs: number;
}

/** Signs a token with which somebody acts in the name of an owner. */
export const signToken = async (key: JWK, { owner, scopes, lifetimeMs }: TokenRequest): Promise<string> =>
  new SignJWT({ scope: scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid ?? '', typ: 'at+jwt' })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(owner)
    .setIssuedAt()
    .setExpirationTime(new Date(Date.now() + lifetimeMs))
    .sign(await importJWK(key, ALGORITHM));
