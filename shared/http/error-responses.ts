import { Boom } from '@hapi/boom';
import Joi from 'joi';
import { INVALID_TOKEN, insufficientScope, NO_TOKEN } from '../contracts/api/challenges.ts';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../contracts/api/problem.ts';
import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import { withoutCredentials } from './credentials-in-text.ts';

/** The codes for errors that hapi itself throws, by status. A Boom of another status is our own failure. */
const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'route_not_found',
  415: 'unsupported_content_type',
  503: 'service_unavailable',
};

/** The codes for rules of joi that have a code of their own. */
const CODE_OF_RULE: Record<string, ErrorCode> = { 'preset.unknown': 'unknown_preset' };

/** Turns anything that was thrown into the error that the client sees. Only an ImageServiceError and wrong fields say more than their code. */
export function toServiceError(error: unknown): ImageServiceError {
  if (error instanceof ImageServiceError) return error;
  if (Joi.isError(error)) return fieldErrors(error);
  if (error instanceof Boom) {
    const status = error.output.statusCode;
    const code = CODE_OF_STATUS[status];
    const { got, need } = (error.data ?? {}) as { got?: string[]; need?: { selection?: string[] }[] };
    if (code === 'forbidden' && need)
      return insufficientScope(
        need.flatMap(({ selection = [] }) => selection),
        got,
      );
    if (code) return new ImageServiceError(...refine(code, error.message), { cause: error });
  }
  return new ImageServiceError('internal_error', 'Something failed here. Try again; the requestId helps us find it.', {
    cause: error,
  });
}

/** Some errors of hapi differ only in their messages. */
function refine(code: ErrorCode, message: string): [ErrorCode, string] {
  if (/multipart missing boundary/i.test(message)) return ['malformed_form', 'Content-Type names no boundary.'];
  if (/content-type/i.test(message)) return ['unsupported_content_type', 'Content-Type is not a media type.'];
  if (code === 'invalid_request') return [code, 'The target of the request is not a valid URL.'];
  if (code === 'route_not_found') return [code, 'Nothing is at this path. GET /openapi.json lists the routes.'];
  return [code, `${message.replace(/\.$/, '')}.`];
}

/** The maximum number of wrong fields in one answer. A list of parts may have ten thousand. */
const MAX_FIELD_ERRORS = 20;

/** An error that names every wrong field with its path. `where` is the part of the request: `query`, `params`, `headers`, or empty for the body. */
export function fieldErrors(error: Joi.ValidationError, where = ''): ImageServiceError {
  const shown = error.details.slice(0, MAX_FIELD_ERRORS);
  const errors = shown.map(({ path, message }) => ({ path: writePath(where, path) || 'body', message }));
  const [first] = error.details;
  const code = first && (CODE_OF_RULE[first.type] ?? (isUnknownOperation(first) ? 'unknown_operation' : undefined));
  const detail = errors.map(({ path, message }) => (message.startsWith(path) ? message : `${path}: ${message}`));
  const omitted = error.details.length - shown.length;
  if (omitted > 0) detail.push(`and ${omitted} more`);
  return new ImageServiceError(code ?? 'invalid_request', `${detail.join('; ')}.`, { errors });
}

const isUnknownOperation = ({ path, type }: Joi.ValidationErrorItem): boolean =>
  path.at(-1) === 'operation' && type === 'any.only';

/** `['renditions', 0, 'name']` as `renditions[0].name`. */
const writePath = (where: string, path: (string | number)[]): string =>
  [where, ...path].reduce<string>((written, part) => {
    if (typeof part === 'number') return `${written}[${part}]`;
    return written ? `${written}.${part}` : part;
  }, '');

/** A problem in a form that suits both hapi and Node's response. */
interface WrittenProblem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Caches keep no error but that of GET and HEAD at a path that the API does not have: what an image answers depends on who asks, and caches do not tell callers
 * apart. Without `public` they do not store the response to a request with credentials.
 */
const cacheControlOf = ({ code }: ImageServiceError, method: string | undefined): string =>
  code === 'route_not_found' && (method === 'get' || method === 'head') ? 'max-age=5' : 'no-store';

/** What `WWW-Authenticate` says if an error does not say it itself. */
const CHALLENGES: Partial<Record<ErrorCode, string>> = {
  unauthenticated: NO_TOKEN,
  token_invalid: INVALID_TOKEN,
  token_expired: INVALID_TOKEN,
};

/** Writes an error as a problem, without its cause. */
export function writeProblem(error: ImageServiceError, requestId: string, method?: string): WrittenProblem {
  const problem = toProblem(error, requestId);
  const { allow, accepts, endsConnection, retryAfterSeconds, actual } = error.facts;
  const challenge = error.facts.challenge ?? CHALLENGES[error.code];
  const headers = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': cacheControlOf(error, method),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    ...(error.code === 'range_not_satisfiable' && { 'content-range': `bytes */${actual}` }),
    ...(challenge && { 'www-authenticate': challenge }),
    ...(allow && { allow: allow.join(', ') }),
    ...accepts,
    ...(endsConnection && { connection: 'close' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  return { status: problem.status, headers, body: withoutCredentials(JSON.stringify(problem)) };
}
