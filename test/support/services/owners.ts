import { type Principal, SCOPES, type Scope } from '../../../shared/domain/principal.ts';

/** A token with which a client of the services acts in the name of an owner; all scopes but `admin` by default. */
export async function ownerToken(
  owner: string,
  scopes: readonly Scope[] = SCOPES.filter((scope) => scope !== 'admin'),
): Promise<string> {
  return `owner.${Buffer.from(JSON.stringify({ owner, scopes })).toString('base64url')}.token`;
}

/** The header of `ownerToken`. */
export const as = async (owner: string, scopes?: readonly Scope[]): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await ownerToken(owner, scopes)}`,
});

/** Verifies `ownerToken`. */
export async function verifyOwnerToken(credential: string): Promise<Principal | undefined> {
  const [, text] = /^owner\.([\w-]+)\.token$/.exec(credential) ?? [];
  if (text === undefined) return undefined;
  const { owner, scopes } = JSON.parse(Buffer.from(text, 'base64url').toString());
  return { kind: 'jwt', owner, subject: `test ${owner}`, scopes };
}
