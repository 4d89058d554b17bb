import type { IncomingHttpHeaders } from 'node:http';
import type { Route } from '../contracts/api/route.ts';
import { methodsAt, routeList } from '../contracts/api/routes.ts';
import type { Environment } from '../contracts/environment.ts';

/** The parts of a request that decide about CORS. `path` is the path of its route, which preflights need. */
interface CorsRequest {
  method: string;
  headers: IncomingHttpHeaders;
  path?: string;
  /** Whether pages of any origin may read the response, because nothing in it is private. */
  anyOrigin?: boolean;
}

/** Returns the headers of CORS for the response to a request; none if no page may read it. */
export type CorsHeaders = (request: CorsRequest) => Record<string, string>;

/** Seconds for which a browser may cache a preflight; this is Chromium's maximum. */
const MAX_AGE = '7200';

/** Headers that a page may read beside the safelisted ones (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name). An uploader needs ETag to complete. */
const EXPOSED_HEADERS =
  'ETag, Location, Retry-After, Upload-Limit, X-Request-Id, Allow, Accept-Ranges, Content-Range, Content-Disposition, RateLimit, RateLimit-Policy';

/** The headers of responses that any page may read. They do not depend on Origin, so that a CDN caches one response for all origins. */
export const ANY_ORIGIN_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED_HEADERS,
} as const;

/** Headers that a page may send: those of the routes, the type of a JSON body, and those that libraries add (Dropzone, axios, jQuery). */
const ALLOWED = [
  ...new Set([
    'authorization',
    'cache-control',
    'content-type',
    'prefer',
    'x-request-id',
    'x-requested-with',
    ...routeList.flatMap(({ headers }) => Object.keys(headers?.describe().keys ?? {})),
  ]),
].join(', ');

/**
 * CORS for pages of the configured origins. hapi's own CORS does not work here: it adds nothing where a path has its own OPTIONS, nor to errors that
 * are written before their request has ended, which a page could not read then.
 */
export function corsHeadersFor(setting: Environment['CORS_ORIGINS']): CorsHeaders {
  const origins = setting.split(',').filter(Boolean);
  const any = origins.includes('*');
  return ({ method, headers, path, anyOrigin = false }) => {
    const preflight = method === 'options' && path !== undefined ? preflightHeaders(path) : {};
    if (anyOrigin || any) return { ...ANY_ORIGIN_HEADERS, ...preflight };
    if (origins.length === 0) return {};
    const { origin } = headers;
    const vary = { vary: 'origin' };
    if (typeof origin !== 'string' || !origins.includes(origin)) return vary;
    return { ...vary, ...ANY_ORIGIN_HEADERS, 'access-control-allow-origin': origin, ...preflight };
  };
}

const preflightHeaders = (path: string): Record<string, string> => ({
  'access-control-allow-methods': methodsAt(path).join(', '),
  'access-control-allow-headers': ALLOWED,
  'access-control-max-age': MAX_AGE,
});

/** Whether pages of any origin may read the responses of a route: public texts, and bytes of images together with their errors. Private images are excepted later. */
export const allowsAnyOrigin = ({ scope, anonymous, method }: Route): boolean =>
  scope === 'public' || (anonymous === true && method === 'GET');
