import type { AuditSink } from './audit-line.ts';
import type { OwnerLimits } from './owner-limits.ts';
import type { UploadToken } from './upload-token.ts';

/**
 * What a caller may do, as OAuth scopes name it. `admin` is for the operator of a deployment: it opens the routes that cross owners, such as
 * moderation, and no others. Each of the others works on the caller's own images only.
 */
export const SCOPES = ['images:read', 'images:write', 'images:delete', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** The scope of upload tokens, which no other credential has: it opens the routes with which one image is uploaded. */
export const UPLOAD_SCOPE = 'upload-token';

/** Who makes a request, as its credentials prove. A request without credentials has no principal. */
export interface Principal {
  kind: 'key' | 'jwt' | 'upload-token';
  /** In whose name the request is made. Nothing of another owner is ever seen. */
  owner: string;
  /** Names the credential in the audit trail without being a secret: the id of a key, issuer and subject of a token, the id of an upload token. */
  subject: string;
  scopes: readonly (Scope | typeof UPLOAD_SCOPE)[];
  /** Epoch milliseconds after which the credential is no longer valid. Absent if it has no end. */
  expiresAt?: number;
  /** What an upload token allows; present for those only. */
  uploadToken?: UploadToken;
  /** Whether the credential is still valid, for connections that outlive one request. Absent if only `expiresAt` ends it. */
  recheck?(): Promise<boolean>;
}

/**
 * Verifies one form of credential, the text after `Bearer `. `counted` is for what requests count of which nobody knows whose they are: a digest of the
 * address. Resolves to undefined if the text is not of its form. Throws `unauthenticated`, `token_invalid` or `token_expired` if it is, and not valid;
 * `service_unavailable` if that cannot be told now.
 */
export type Verifier = (credential: string, counted: string) => Promise<Principal | undefined>;

/** The owner of all images where no other owner is known: while AUTHENTICATION is off, and of the keys in API_KEYS. */
export const LOCAL_OWNER = 'local';

/** Owners that no token of an issuer may have, because images of before or damaged records have them. */
export const RESERVED_OWNERS: readonly string[] = [LOCAL_OWNER, 'unknown'];

/** The most bytes of an owner in UTF-8. A partition key of DynamoDB has at most 2,048, and percent-encoding may make three of one. */
export const OWNER_BYTES = 256;

/** Segments that clients and servers remove from paths, percent-encoded or not, so that no request could name such an owner (https://url.spec.whatwg.org/#double-dot-path-segment). */
const DOT_SEGMENTS = ['.', '..'];

/**
 * Whether a text may be an owner: 1 to 256 bytes in UTF-8, in Unicode's form NFC, without control characters or halves of surrogate pairs, and neither `.`
 * nor `..`.
 */
export const isOwner = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.length > 0 &&
  text.isWellFormed() &&
  text.normalize('NFC') === text &&
  !/\p{Cc}/u.test(text) &&
  !DOT_SEGMENTS.includes(text) &&
  new TextEncoder().encode(text).length <= OWNER_BYTES;

/** What a server asks about its callers, over whatever knows it: the table, the keys of issuers; and where it tells what they did. */
export interface AccessPorts {
  /** Are tried in this order. */
  verifiers: readonly Verifier[];
  /** Counts what owners use. */
  limits: OwnerLimits;
  /** The audit trail. Without it there is none. */
  audit?: AuditSink;
}
