import type { IncomingHttpHeaders } from 'node:http';
import type { Environment } from '../contracts/environment.ts';
import { methodsAt, routeList } from '../contracts/routes.ts';

/** Of a request, hapi's or none, what is asked of it here; `path` is the route's, for preflights. */
export interface CorsRequest {
  method: string;
  headers: IncomingHttpHeaders;
  path?: string;
}

/** Answers what a browser must find in the answer to a request, if anything. */
export type CorsHeaders = (request: CorsRequest) => Record<string, string>;

/** Seconds that a browser may keep the answer to a preflight; Chromium's maximum. */
const MAX_AGE = '7200';

/** What a page may read beside the headers that any page may (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name). An uploader without ETag cannot complete. */
export const EXPOSED_HEADERS =
  'ETag, Location, Retry-After, Upload-Limit, X-Request-Id, Allow, Accept-Ranges, Content-Range, Content-Disposition';

/** What a page may send: what the routes know, and the type of a JSON body. */
const ALLOWED = [
  ...new Set([
    'authorization',
    'content-type',
    'prefer',
    'x-request-id',
    ...routeList.flatMap(({ headers }) => Object.keys(headers?.describe().keys ?? {})),
  ]),
].join(', ');

/**
 * Cross-origin use of the API, by pages of these origins only. Not hapi's own: it has no answer where a path answers OPTIONS itself, and
 * none for errors that are written before their request has ended, which a page could not read then.
 */
export function corsFor(setting: Environment['CORS_ORIGINS']): CorsHeaders {
  const origins = setting.split(',').filter(Boolean);
  const any = origins.includes('*');
  return ({ method, headers, path }) => {
    if (origins.length === 0) return {};
    const { origin } = headers;
    const vary = any ? {} : { vary: 'origin' };
    if (typeof origin !== 'string' || !(any || origins.includes(origin))) return vary;
    const shared = { ...vary, 'access-control-allow-origin': any ? '*' : origin };
    if (method !== 'options' || path === undefined)
      return { ...shared, 'access-control-expose-headers': EXPOSED_HEADERS };
    return {
      ...shared,
      'access-control-expose-headers': EXPOSED_HEADERS,
      'access-control-allow-methods': methodsAt(path).join(', '),
      'access-control-allow-headers': ALLOWED,
      'access-control-max-age': MAX_AGE,
    };
  };
}
