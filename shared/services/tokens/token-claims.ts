import type { JWTPayload } from 'jose';
import { type JwtIssuer, LOCAL_ISSUER } from '../../contracts/jwt-issuers.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import { isOwner, LOCAL_OWNER, RESERVED_OWNERS, SCOPES, type Scope } from '../../domain/principal.ts';

/** The owner that a verified token names. Throws `token_invalid` if that can be no owner. */
export function ownerOfToken(payload: JWTPayload, { issuer, ownerClaim, ownerPrefix }: JwtIssuer): string {
  const claimed = payload[ownerClaim];
  // An absent claim, or a number, would otherwise be the owner `undefined` or one that another token spells differently.
  const owner = typeof claimed === 'string' && claimed !== '' ? `${ownerPrefix}${claimed}` : undefined;
  const isLocal = issuer === LOCAL_ISSUER && owner === LOCAL_OWNER;
  if (isOwner(owner) && (isLocal || !RESERVED_OWNERS.includes(owner))) return owner;
  throw new ImageServiceError(
    'token_invalid',
    `The claim \`${ownerClaim}\` of the token names no owner: it must be a text of 1 to 256 bytes without control characters, in Unicode's form NFC, and not a reserved name.`,
  );
}

/**
 * The scopes of this API among those of a token, which are a text with spaces between them (RFC 8693, 4.2) or a list. Those of other APIs count for
 * nothing.
 */
export function scopesOfToken(payload: JWTPayload, { scopeClaim, scopePrefix }: JwtIssuer): Scope[] {
  const claimed = payload[scopeClaim];
  const named: unknown[] = typeof claimed === 'string' ? claimed.split(' ') : [claimed].flat();
  return SCOPES.filter((scope) => named.includes(`${scopePrefix}${scope}`));
}
