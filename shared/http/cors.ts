import type { IncomingHttpHeaders } from 'node:http';
import { methodsAt, type Route, routeList } from '../contracts/api/routes.ts';
import type { Environment } from '../contracts/environment.ts';

/** Of a request, hapi's or none, what is asked of it here; `path` is the route's, for preflights. */
export interface CorsRequest {
  method: string;
  headers: IncomingHttpHeaders;
  path?: string;
  /** Whether any page may read the answer, because it tells nothing that is somebody's. */
  anyOrigin?: boolean;
}

/** Answers what a browser must find in the answer to a request, if anything. */
export type CorsHeaders = (request: CorsRequest) => Record<string, string>;

/** Seconds that a browser may keep the answer to a preflight; Chromium's maximum. */
const MAX_AGE = '7200';

/** What a page may read beside the headers that any page may (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name). An uploader without ETag cannot complete. */
export const EXPOSED_HEADERS =
  'ETag, Location, Retry-After, Upload-Limit, X-Request-Id, Allow, Accept-Ranges, Content-Range, Content-Disposition';

/**
 * For answers that any page may read. They depend on no Origin, so that a cache whose key has none, a CDN's first of all, keeps one for everybody.
 */
export const ANY_ORIGIN_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED_HEADERS,
} as const;

/** What a page may send: what the routes know, the type of a JSON body, and what libraries add of their own (Dropzone, axios, jQuery). */
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
 * Cross-origin use of the API, by pages of these origins only. Not hapi's own: it has no answer where a path answers OPTIONS itself, and
 * none for errors that are written before their request has ended, which a page could not read then.
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

/** Whether any page may read the answers of a route: what is nobody's, and bytes with all that comes in their place, but of a private image. */
export const allowsAnyOrigin = ({ scope, anonymous, method }: Route): boolean =>
  scope === 'public' || (anonymous === true && method === 'GET');
