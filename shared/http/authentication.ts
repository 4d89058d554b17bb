import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Server } from '@hapi/hapi';
import type { Environment } from '../contracts/environment.ts';
import { hasCode, ImageServiceError } from '../domain/errors.ts';
import { LOCAL_OWNER, type Principal, SCOPES, type Verifier } from '../domain/principal.ts';
import { insufficientScope, unauthenticated, unknownCredential } from './challenges.ts';

declare module '@hapi/hapi' {
  interface AuthCredentials {
    principal?: Principal;
  }
}

export type AuthenticationSettings = Pick<Environment, 'AUTHENTICATION'> & Partial<Pick<Environment, 'API_KEYS'>>;

/** Everybody while AUTHENTICATION is off. */
const ANYBODY: Principal = { kind: 'key', owner: LOCAL_OWNER, subject: 'anybody', scopes: SCOPES };

/** A token of an issuer has rarely more than 4 KiB; twice that is read, of the 16 KiB of headers that Node takes. */
const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i;
const UNREADABLE =
  'The header `Authorization` must be `Bearer KEY`, with a key or token of 8,192 characters at most and nothing behind it.';

/**
 * Gives every request its principal, by the first of `verifiers` that knows the form of its credential; what none knows may be a key of API_KEYS.
 * Each route asks for its scope, and routes with the scope `public` for none.
 */
export function authenticate(server: Server, settings: AuthenticationSettings, verifiers: readonly Verifier[]): void {
  const identify = settings.AUTHENTICATION === 'off' ? async () => ANYBODY : principalReader(settings, verifiers);
  server.auth.scheme('credentials', () => ({
    authenticate: async (request, h) => {
      const principal = await identify(request);
      return h.authenticated({ credentials: { principal, scope: [...principal.scopes] } });
    },
  }));
  server.auth.strategy('default', 'credentials');
  // Where credentials may be missing, hapi goes on without them whatever happened. A caller who could not be identified is no stranger, though.
  server.ext('onPostAuth', ({ auth }, h) => {
    if (hasCode(auth.error, 'service_unavailable')) throw auth.error;
    return h.continue;
  });
}

/** Who makes a request; undefined without valid credentials, or with some that lack the scope of the route. Those count for nothing, and for no less than none. */
export function principalOf(request: Request): Principal | undefined {
  const principal = identified(request);
  return principal && scopesOf(request).some((scope) => principal.scopes.some((own) => own === scope))
    ? principal
    : undefined;
}

/** The owner in whose name a request is made. If the route allows requests without credentials and this counts as one, it throws `unauthenticated` or `forbidden`. */
export function ownerOf(request: Request): string {
  const principal = principalOf(request);
  if (principal) return principal.owner;
  if (identified(request)) throw insufficientScope(scopesOf(request));
  const { error } = request.auth;
  throw error instanceof ImageServiceError ? error : unauthenticated();
}

// hapi's types wrongly say that credentials are always there; after a failed attempt there may be some that count for nothing.
const identified = ({ auth }: Request): Principal | undefined =>
  auth.isAuthenticated ? auth.credentials?.principal : undefined;

const scopesOf = ({ route }: Request): readonly string[] => route.settings.app?.scopes ?? [];

function principalReader(
  { API_KEYS = '' }: AuthenticationSettings,
  verifiers: readonly Verifier[],
): (request: Request) => Promise<Principal> {
  const all = [...verifiers, configuredKeys(API_KEYS)];
  return async ({ raw, info }) => {
    const { authorization = '' } = raw.req.headers;
    const [, credential] = BEARER.exec(authorization) ?? [];
    if (credential === undefined) throw authorization === '' ? unauthenticated() : unknownCredential(UNREADABLE);
    for (const verify of all) {
      const principal = await verify(credential, info.remoteAddress);
      if (principal) return principal;
    }
    throw unknownCredential('No such key is valid here. It may have been revoked, or may be of another deployment.');
  };
}

/** Verifies the keys of API_KEYS. Compares digests in constant time, so that an attacker learns neither the keys nor how much of a guess is right. */
function configuredKeys(digests: string): Verifier {
  const known = digests.split(',').map((digest) => Buffer.from(digest, 'hex'));
  return async (key) => {
    const digest = createHash('sha256').update(key).digest();
    const matching = known.filter((each) => each.length === digest.length && timingSafeEqual(each, digest));
    // The beginning of the digest tells two keys apart in the trail, and nobody finds the key by it.
    const subject = `API_KEYS:${digest.toString('hex').slice(0, 8)}`;
    return matching.length > 0 ? { kind: 'key', owner: LOCAL_OWNER, subject, scopes: SCOPES } : undefined;
  };
}
