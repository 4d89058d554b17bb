import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Server } from '@hapi/hapi';
import { INVALID_REQUEST, insufficientScope, unauthenticated, unknownCredential } from '../contracts/api/challenges.ts';
import type { Environment } from '../contracts/environment.ts';
import { hasCode, ImageServiceError } from '../domain/errors.ts';
import { LOCAL_OWNER, type Principal, SCOPES, type Verifier } from '../domain/principal.ts';
import { UPLOAD_TOKEN_PREFIX } from '../domain/upload-token.ts';
import { type ClientAddress, countedAddress } from './client-address.ts';
import type { RequestAdmission } from './rate-limit-fields.ts';

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
/** One of the two would decide whose the image is, and the other one be left (RFC 6750, 2). */
const TWO_CREDENTIALS =
  'A request has one credential, and this one has two: the header `Authorization`, and `uploadToken` in its query. Leave one of them out.';
const UNKNOWN_KEY = 'No such key is valid here. It may have been revoked, or may be of another deployment.';

/** By what callers are identified. */
interface Identification {
  verifiers: readonly Verifier[];
  clientAddress: ClientAddress;
}

/**
 * Gives every request its principal, by the first of `verifiers` that knows the form of its credential; what none knows may be a key of API_KEYS.
 * Each route asks for its scope, and routes with the scope `public` for none.
 */
export function authenticate(
  server: Server,
  settings: AuthenticationSettings,
  { admit, ...identification }: Identification & { admit: RequestAdmission },
): void {
  const identify =
    settings.AUTHENTICATION === 'off' ? anybody(identification) : principalReader(settings, identification);
  server.auth.scheme('credentials', () => ({
    authenticate: async (request, h) => {
      const principal = await identify(request).catch(async (error: unknown) => {
        // Also if it cannot be told now whose credentials they are: anybody can send some of which that is so.
        await admit(request, undefined);
        throw error;
      });
      await admit(request, principal);
      return h.authenticated({ credentials: { principal, scope: [...principal.scopes] } });
    },
  }));
  server.auth.strategy('default', 'credentials');
  // Where credentials may be missing, hapi goes on without them whatever happened. A caller who could not be identified is no stranger, though,
  // and must not be told that what is his own is missing.
  server.ext('onPostAuth', async (request, h) => {
    const { auth, route } = request;
    if (auth.error && !COUNT_FOR_NONE.some((code) => hasCode(auth.error, code))) throw auth.error;
    // Texts that need no credentials count for the address too.
    if (!route.settings.auth && route.settings.app?.operation) await admit(request, undefined);
    return h.continue;
  });
}

/** The problems of credentials that were looked at and count for no more than none. After any other error nobody knows whose they are. */
const COUNT_FOR_NONE = ['unauthenticated', 'token_invalid', 'token_expired'] as const;

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
  const other = identified(request);
  if (other) throw insufficientScope(scopesOf(request), other.scopes);
  const { error } = request.auth;
  throw error instanceof ImageServiceError ? error : unauthenticated();
}

/** Whose credentials a request has, whether the route lets them count or not. */
// hapi's types wrongly say that credentials are always there; after a failed attempt there may be some that count for nothing.
export const identified = ({ auth }: Request): Principal | undefined =>
  auth.isAuthenticated ? auth.credentials?.principal : undefined;

const scopesOf = ({ route }: Request): readonly string[] => route.settings.app?.scopes ?? [];

declare module '@hapi/hapi' {
  interface RouteOptionsApp {
    /** Whether the route takes an upload token as `?uploadToken=` too, for forms, which cannot send headers. */
    uploadTokenInQuery?: boolean;
  }
}

/** The credential of a request. In a query only upload tokens count: they are good for one image and minutes, while URLs are logged on the way. */
function credentialOf({ raw, query, route }: Request): string | undefined {
  const { authorization = '' } = raw.req.headers;
  const [, credential] = BEARER.exec(authorization) ?? [];
  const { uploadToken }: { uploadToken?: unknown } = route.settings.app?.uploadTokenInQuery ? query : {};
  // Another scheme may be that of a proxy, which browsers send by themselves.
  if (uploadToken !== undefined && /^Bearer\b/i.test(authorization))
    throw new ImageServiceError('invalid_request', TWO_CREDENTIALS, { challenge: INVALID_REQUEST });
  return credential ?? (isUploadToken(uploadToken) ? uploadToken : undefined);
}

const isUploadToken = (text: unknown): text is string =>
  typeof text === 'string' && text.startsWith(UPLOAD_TOKEN_PREFIX);

/** Everybody may do everything. An upload token is held to its bounds all the same, so that a page that is tried on one machine meets what it will meet. */
const anybody =
  ({ verifiers, clientAddress }: Identification) =>
  async (request: Request): Promise<Principal> => {
    const credential = credentialOf(request);
    return (
      (isUploadToken(credential) &&
        (await firstOf(verifiers, { credential, address: clientAddress(request.raw.req) }))) ||
      ANYBODY
    );
  };

async function firstOf(
  verifiers: readonly Verifier[],
  { credential, address = '' }: { credential: string; address: string | undefined },
): Promise<Principal | undefined> {
  // Of networks, because whoever has one has all of its addresses. Requests whose connections are gone are of one.
  const counted = countedAddress(address);
  for (const verify of verifiers) {
    const principal = await verify(credential, counted);
    if (principal) return principal;
  }
  return undefined;
}

function principalReader(
  { API_KEYS = '' }: AuthenticationSettings,
  { verifiers, clientAddress }: Identification,
): (request: Request) => Promise<Principal> {
  const all = [...verifiers, configuredKeys(API_KEYS)];
  return async (request) => {
    const credential = credentialOf(request);
    if (credential === undefined) {
      throw request.raw.req.headers.authorization ? unknownCredential(UNREADABLE) : unauthenticated();
    }
    const principal = await firstOf(all, { credential, address: clientAddress(request.raw.req) });
    if (!principal) throw unknownCredential(UNKNOWN_KEY);
    return principal;
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
