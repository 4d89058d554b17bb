import { Boom } from '@hapi/boom';
import type { Lifecycle, Request, Server } from '@hapi/hapi';
import { PROBLEM_STATUS } from '../contracts/api/problem.ts';
import { UPLOAD_ID_PATTERN } from '../contracts/api/upload-request.ts';
import type {
  AuditDetails,
  AuditedCaller,
  AuditLine,
  AuditResult,
  AuditSink,
  AuditSubject,
} from '../domain/audit-line.ts';
import type { ImageServiceError } from '../domain/errors.ts';
import { isImageId } from '../domain/image-id.ts';
import { isOwner } from '../domain/principal.ts';
import { identified, principalOf } from './authentication.ts';
import { type ClientAddress, UNKNOWN_ADDRESS } from './client-address.ts';
import { withoutCredentials } from './credentials-in-text.ts';
import { toServiceError } from './error-responses.ts';
import { requestId } from './request-id.ts';

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** What only the handler knows of the request. */
    audited?: AuditFacts;
    /** Whether the image or the rendition of the request is private, whether the caller may know of it or not. */
    concernsPrivate?: boolean;
    /** Whether only a CDN that has checked its signature sends such a request. */
    isSignedByCdn?: boolean;
  }
}

type AuditFacts = AuditSubject & AuditDetails;

/** Has the trail say more of a request: what it has made, which its path could not name yet, what it asks for, and whose image it is about. */
export function noteAudit({ app }: Request, facts: AuditFacts): void {
  app.audited = { ...app.audited, ...facts };
}

/** The longest subject in a line, in characters. An issuer may give any, and a line that is too long would be lost. */
const LONGEST_SUBJECT = 512;

/** hapi's status for a client that has left. */
const CLIENT_GONE = 499;

/** What came of a request: a response, or what was thrown. */
type Outcome = Request['response'];

/**
 * Tells the trail of every request that its route wants there, once: when its answer is decided and before it is sent, so that a download that is
 * never read to its end is told of too. If the client leaves before that, hapi ends the request at once, and its handler goes on: then it is told of
 * when the handler has ended. Returns what each handler must be wrapped in for that.
 */
export function auditRequests(
  server: Server,
  { audit, clientAddress }: { audit: AuditSink; clientAddress: ClientAddress },
): (handler: Lifecycle.Method) => Lifecycle.Method {
  // A socket knows its client only until that has left.
  const addresses = new WeakMap<Request, string>();
  const told = new WeakSet<Request>();
  const atWork = new WeakSet<Request>();
  const tell = (request: Request, outcome: Outcome) => {
    if (told.has(request) || !isAudited(request, outcome)) return;
    told.add(request);
    audit({ ...lineOf(request, outcome), address: addresses.get(request) ?? UNKNOWN_ADDRESS });
  };
  server.ext('onRequest', (request, h) => {
    addresses.set(request, clientAddress(request.raw.req) ?? UNKNOWN_ADDRESS);
    return h.continue;
  });
  server.ext('onPreResponse', (request, h) => {
    tell(request, request.response);
    return h.continue;
  });
  server.events.on('response', (request) => void (atWork.has(request) || tell(request, request.response)));
  return (handler) =>
    async function (this: object | null, request, h) {
      atWork.add(request);
      try {
        const response = await handler.call(this, request, h);
        if (!request.active()) tell(request, response as Outcome);
        return response;
      } catch (error) {
        if (!request.active()) tell(request, error as Outcome);
        throw error;
      } finally {
        atWork.delete(request);
      }
    };
}

/** Refusals of credentials and links are told of even if nobody has looked whether the image is private. */
function isAudited({ app, route }: Request, outcome: Outcome): boolean {
  const { audit = 'never' } = route.settings.app ?? {};
  if (audit !== 'private-bytes') return audit === 'always';
  return app.concernsPrivate === true || [401, 403].includes(statusOf(outcome) ?? 0);
}

function lineOf(request: Request, outcome: Outcome): Omit<AuditLine, 'address'> {
  const status = statusOf(outcome);
  const error = errorOf(outcome);
  return {
    time: new Date().toISOString(),
    requestId: requestId(request),
    operation: String(request.route.settings.app?.operation),
    who: callerOf(request),
    ...factsOf(request),
    result: isGone(request) ? 'unanswered' : resultOf(status),
    ...(status !== undefined && { status }),
    ...(error && { code: error.code }),
  };
}

/** Whether the client has left: hapi itself notices it only until it has the whole request. */
const isGone = (request: Request): boolean => !request.active() || request.raw.res.destroyed;

const resultOf = (status = 500): AuditResult => (status < 400 ? 'done' : status < 500 ? 'refused' : 'failed');

/** The error of an outcome. hapi has one of its own for a client that has left, which nobody is answered with. */
function errorOf(outcome: Outcome): ImageServiceError | undefined {
  const isHapis = outcome instanceof Boom && outcome.output.statusCode === CLIENT_GONE;
  return outcome instanceof Error && !isHapis ? toServiceError(outcome) : undefined;
}

function statusOf(outcome: Outcome): number | undefined {
  const error = errorOf(outcome);
  if (error) return PROBLEM_STATUS[error.code];
  return outcome instanceof Error ? undefined : outcome?.statusCode;
}

function callerOf(request: Request): AuditedCaller {
  const principal = identified(request);
  if (principal) {
    const { kind, subject, owner } = principal;
    return { kind, id: subject.slice(0, LONGEST_SUBJECT), owner };
  }
  const { link, isSignedByCdn } = request.app;
  if (link) return { kind: 'link', id: link.keyId };
  return { kind: isSignedByCdn ? 'cdn' : 'nobody' };
}

/**
 * The image of an upload token, the ids that a request names in its path, if they have the form of ids, and what is known of it beside. A link is told from
 * others by its end.
 */
function factsOf(request: Request): AuditFacts {
  const { app, params } = request;
  const { imageId, uploadId, owner } = (params ?? {}) as Record<string, string | undefined>;
  const token = principalOf(request)?.uploadToken;
  return {
    ...(token && { imageId: token.imageId }),
    ...(app.link && { expiresAt: new Date(app.link.expiresAt).toISOString() }),
    ...(imageId !== undefined && isImageId(imageId) && { imageId }),
    ...(uploadId !== undefined && UPLOAD_ID_PATTERN.test(uploadId) && { uploadId }),
    ...(isOwner(owner) && { subjectOwner: withoutCredentials(owner) }),
    ...app.audited,
  };
}
