import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { keyIdOf } from '../../shared/domain/api-key.ts';

/**
 * In whose name a credential uploads, as far as it tells: the id of a key, and issuer and subject of a token, which stay the same when it is replaced by
 * another one. Of other credentials a digest. Undefined without one.
 */
export function callerOf(credential: string | undefined): string | undefined {
  if (credential === undefined) return undefined;
  return keyIdOf(credential) ?? subjectOf(credential) ?? createHash('sha256').update(credential).digest('hex');
}

function subjectOf(token: string): string | undefined {
  try {
    const { iss, sub } = decodeJwt(token);
    return iss !== undefined && sub !== undefined ? JSON.stringify([iss, sub]) : undefined;
  } catch {
    // It is no token of an issuer.
    return undefined;
  }
}
