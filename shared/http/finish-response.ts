import type { Lifecycle, Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import { identified } from './authentication.ts';
import type { CorsHeaders } from './cors.ts';
import { toServiceError, writeProblem } from './error-responses.ts';
import { hasSentContinue } from './expect-continue.ts';
import type { HttpLimits } from './http-limits.ts';
import { closeLingering } from './lingering-close.ts';
import { rateLimitFields } from './rate-limit-fields.ts';
import { expectsContinue } from './request-heads.ts';
import { requestId } from './request-id.ts';
import { noteError } from './request-log.ts';
import { forStranger } from './stranger-problems.ts';

/** The last step of every response: errors become problems, and the request id and the headers of CORS are added. */
export const finishResponse =
  (cors: CorsHeaders, { lingering }: HttpLimits): Lifecycle.Method =>
  async (request, h) => {
    const { response, method, raw, route } = request;
    const anyOrigin = mayAnyOriginRead(request);
    const corsHeaders = cors({ method, headers: raw.req.headers, path: route.path, anyOrigin });
    if (response instanceof Error) return finishError(request, h, { error: response, headers: corsHeaders, lingering });
    response.header('x-request-id', requestId(request)).header('x-content-type-options', 'nosniff');
    const cacheControl = response.headers['cache-control'];
    addHeaders(response, { ...corsHeaders, ...rateLimitFields(request, cacheControl) });
    if (dependsOnCredentials(request, cacheControl)) response.vary('authorization');
    return h.continue;
  };

/**
 * Whether a cache may keep a response that others than the caller must not get. The URL of a link is itself what opens it. RFC 9110 does not ask for
 * `Vary: Authorization` (https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.5), because it thinks of shared caches: caches of pages (Cache API) look at Vary only.
 */
const dependsOnCredentials = ({ app }: Request, cacheControl: unknown): boolean =>
  !app.link && /\bprivate\b/.test(String(cacheControl));

/** The author of the page must be able to read this error. It says nothing that a page could not learn from the limits. */
const FOR_ANY_PAGE: ErrorCode = 'origin_not_allowed';

/**
 * Whether pages of any origin may read a response. The reason why a rendition failed is not for any page, because it is a part of the record.
 * Responses to signed links are, because no browser adds a signature by itself: the page has been given it.
 */
function mayAnyOriginRead({ app, response, route }: Request): boolean {
  if (response instanceof ImageServiceError) {
    if (response.facts.failure) return false;
    if (response.code === FOR_ANY_PAGE) return true;
  }
  return app.hasLinkParameters || (route.settings.app?.anyOrigin === true && !app.isPrivate);
}

async function finishError(
  request: Request,
  h: ResponseToolkit,
  {
    error,
    headers: corsHeaders,
    lingering,
  }: { error: Error; headers: Record<string, string>; lingering: HttpLimits['lingering'] },
): Promise<Lifecycle.ReturnValue> {
  noteError(request, error);
  const problem = toServiceError(error);
  const told = identified(request)?.uploadToken ? forStranger(problem) : problem;
  const { status, headers: own, body } = writeProblem(told, requestId(request), request.method);
  const headers = { ...own, ...corsHeaders, ...rateLimitFields(request, own['cache-control']) };
  if (isStillSending(request)) {
    const { req, res } = request.raw;
    const framing = { 'content-length': Buffer.byteLength(body), connection: 'close' };
    // The head must be flushed, because HEAD has no body that would take it along.
    res.writeHead(status, { ...headers, ...framing }).flushHeaders();
    res.write(body);
    await closeLingering(req, res, lingering);
    return h.abandon;
  }
  return addHeaders(h.response(body).code(status), headers);
}

export function addHeaders(response: ResponseObject, headers: Record<string, string>): ResponseObject {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') response.vary(value);
    else response.header(name, value);
  }
  return response;
}

/** Whether a body is still coming. A client that waits for `100 Continue` sends none, and after an error never will. */
function isStillSending(request: Request): boolean {
  const { req } = request.raw;
  return !req.complete && !req.destroyed && (hasSentContinue(req) || !expectsContinue(req));
}
