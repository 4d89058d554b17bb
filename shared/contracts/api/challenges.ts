import { ImageServiceError } from '../../domain/errors.ts';
import { UPLOAD_SCOPE } from '../../domain/principal.ts';

/** What `WWW-Authenticate` says of a token that does not count, and of no token (RFC 6750, 3). */
export const INVALID_TOKEN = 'Bearer error="invalid_token"';
export const NO_TOKEN = 'Bearer';
/** What it says of a request that has several. */
export const INVALID_REQUEST = 'Bearer error="invalid_request"';

/** The answer to a request without credentials. */
export const unauthenticated = (): ImageServiceError =>
  new ImageServiceError('unauthenticated', 'Send a key or a token in the header `Authorization: Bearer KEY`.');

/** The answer to credentials of which nobody knows whose they are. */
export const unknownCredential = (detail: string): ImageServiceError =>
  new ImageServiceError('unauthenticated', detail, { challenge: INVALID_TOKEN });

const UPLOAD_ONLY = 'An upload token opens its own upload only. Send a key or a token with the scope';

/** The answer to credentials that count, but have none of the scopes that open the route. */
export function insufficientScope(scopes: readonly string[], has: readonly string[] = []): ImageServiceError {
  const named = scopes.filter((scope) => scope !== UPLOAD_SCOPE);
  const what = has.includes(UPLOAD_SCOPE) ? UPLOAD_ONLY : 'The credentials lack the scope';
  return new ImageServiceError('forbidden', `${what} ${named.join(' or ')}.`, {
    challenge: `Bearer error="insufficient_scope", scope="${named.join(' ')}"`,
  });
}
