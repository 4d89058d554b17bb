import type { RouteExtObject, RouteOptions } from '@hapi/hapi';
import Joi from 'joi';
import type { Route, RouteAudit } from '../contracts/api/route.ts';
import { type routeList, takesTokenInQuery } from '../contracts/api/routes.ts';
import { LIMITS } from '../domain/limits.ts';
import { UPLOAD_SCOPE } from '../domain/principal.ts';
import { ownerOf } from './authentication.ts';
import { allowsAnyOrigin } from './cors.ts';
import { fieldErrors } from './error-responses.ts';
import type { HttpLimits } from './http-limits.ts';
import { readJson } from './json-body.ts';
import { refusePreconditions } from './preconditions.ts';
import { type LinkKey, verifyLink } from './signed-links.ts';
import { validateJson } from './validate-json.ts';

declare module '@hapi/hapi' {
  interface RouteOptionsApp {
    /** Absent for paths that are not in the route table. */
    operation?: string;
    /** Any one of these scopes opens the route to a caller with credentials. */
    scopes?: readonly string[];
    audit?: RouteAudit;
    anyOrigin?: boolean | undefined;
  }
  interface RequestApplicationState {
    /** Whether the requested image is private, once that is known. */
    isPrivate?: boolean;
  }
}

/** The options of hapi for a row of the route table. Signed links are verified with `linkKeys`. */
export function routeOptions(
  route: (typeof routeList)[number],
  { jsonMs }: HttpLimits,
  linkKeys: readonly LinkKey[],
): RouteOptions {
  const { operationId, method, links, versions, params, query, headers, body } = route;
  return {
    app: {
      operation: operationId,
      audit: route.audit,
      anyOrigin: allowsAnyOrigin(route),
      scopes: scopesOf(route),
      uploadTokenInQuery: takesTokenInQuery(route),
    },
    auth: authOf(route),
    validate: {
      ...(params && { params }),
      query: query ?? Joi.object({}),
      ...(headers && { headers }),
      options: { abortEarly: false, ...JOI_OPTIONS },
    },
    ext: {
      ...(links && { onPostAuth: linkStep(route, linkKeys) }),
      ...(body?.kind === 'json' && { onPostAuth: readStep(body, jsonMs) }),
      onPreHandler: [...(versions ? [] : [CONDITIONS_STEP]), ...(body?.kind === 'json' ? [validateStep(body)] : [])],
    },
    ...(method !== 'GET' && { payload: UNREAD_PAYLOAD }),
  };
}

/**
 * Where credentials may be missing, hapi is not told the scopes: it would refuse credentials that lack them, to which the route then is what it is to a
 * stranger (`principalOf`).
 */
function authOf(route: Route): Exclude<RouteOptions['auth'], undefined> {
  if (route.scope === 'public') return false;
  if (route.anonymous || route.links) return { strategy: 'default', mode: 'try' };
  return { strategy: 'default', mode: 'required', scope: scopesOf(route) };
}

const scopesOf = ({ scope, opensForAdmin, uploadTokens }: Route): string[] => [
  scope,
  ...(opensForAdmin ? ['admin'] : []),
  ...(uploadTokens ? [UPLOAD_SCOPE] : []),
];

const JOI_OPTIONS = { errors: { wrap: { label: false } } } as const;

/** hapi does not read bodies: handlers stream them within limits of their own, and leave the rest unread if they refuse. */
export const UNREAD_PAYLOAD = {
  parse: false,
  output: 'stream',
  maxBytes: Number.MAX_SAFE_INTEGER,
  timeout: false,
} as const;

/** Refuses preconditions on routes without versions: after all other checks, and before the body takes effect (RFC 9110, 13.2.1). */
const CONDITIONS_STEP: RouteExtObject = {
  method: (request, h) => {
    refusePreconditions(request);
    return h.continue;
  },
};

/** Verifies the signed link of a request, if it has one, even if the target is public. A valid link replaces credentials. */
function linkStep({ anonymous }: Route, keys: readonly LinkKey[]): RouteExtObject {
  return {
    method: (request, h) => {
      verifyLink(request, keys);
      if (!anonymous && !request.app.link) ownerOf(request);
      return h.continue;
    },
  };
}

/** A JSON body is read before the rest of the request is validated, and validated after it. */
function readStep({ maxBytes = LIMITS.jsonBytes, mediaTypes }: JsonBody, totalMs: number): RouteExtObject {
  return {
    method: async (request, h) => {
      const payload = await readJson(request.raw.req, { maxBytes, totalMs, mediaTypes });
      Object.assign(request, { payload });
      return h.continue;
    },
  };
}

function validateStep({ schema, maxBytes }: JsonBody): RouteExtObject {
  return {
    method: (request, h) => {
      // Of lists that may be long, the first mistake is enough.
      const payload = validateJson(schema, request.payload, { abortEarly: maxBytes !== undefined });
      Object.assign(request, { payload });
      return h.continue;
    },
  };
}

type JsonBody = Extract<NonNullable<Route['body']>, { kind: 'json' }>;

/** hapi calls this when the validation of a part of the request has failed, with joi's error and the name of the part. */
export function throwFieldErrors(error: Error | undefined): never {
  // An exception inside a schema is our mistake, not the client's.
  if (!Joi.isError(error)) throw new Error('The validation of a request failed.', { cause: error });
  const source = (error as Error & { output?: { payload?: { validation?: { source?: string } } } }).output?.payload
    ?.validation?.source;
  throw fieldErrors(error, source);
}
