import { Boom } from '@hapi/boom';
import Joi from 'joi';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../contracts/api/problem.ts';
import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';

/** What hapi itself refuses, by status; a Boom of another status is our own failure. */
const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'route_not_found',
  415: 'unsupported_content_type',
  503: 'service_unavailable',
};

/** Joi's own names for what has a code of its own. */
const CODE_OF_RULE: Record<string, ErrorCode> = { 'preset.unknown': 'unknown_preset' };

/** Turns whatever a handler threw into the error to tell. Only an ImageServiceError and a wrong field say more than their code. */
export function toServiceError(error: unknown): ImageServiceError {
  if (error instanceof ImageServiceError) return error;
  if (Joi.isError(error)) return fieldErrors(error);
  if (error instanceof Boom) {
    const status = error.output.statusCode;
    const code = CODE_OF_STATUS[status];
    if (code) return new ImageServiceError(...refine(code, error.message), { cause: error });
  }
  return new ImageServiceError('internal_error', 'Something failed here. Try again; the requestId helps us find it.', {
    cause: error,
  });
}

/** hapi tells some refusals apart by their sentence only. */
function refine(code: ErrorCode, message: string): [ErrorCode, string] {
  if (/multipart missing boundary/i.test(message)) return ['malformed_form', 'Content-Type names no boundary.'];
  if (/content-type/i.test(message)) return ['unsupported_content_type', 'Content-Type is not a media type.'];
  if (code === 'invalid_request') return [code, 'The target of the request is not a valid URL.'];
  if (code === 'route_not_found') return [code, 'Nothing is at this path. GET /openapi.json lists the routes.'];
  return [code, `${message.replace(/\.$/, '')}.`];
}

/** Wrong fields that are told in one answer. A list of parts may have ten thousand. */
const MOST_ERRORS = 20;

/** Every wrong field with its path. `where` is the part of the request: `query`, `params`, `headers`, or nothing for the body. */
export function fieldErrors(error: Joi.ValidationError, where = ''): ImageServiceError {
  const told = error.details.slice(0, MOST_ERRORS);
  const errors = told.map(({ path, message }) => ({ path: writePath(where, path) || 'body', message }));
  const [first] = error.details;
  const code = first && (CODE_OF_RULE[first.type] ?? (isUnknownOperation(first) ? 'unknown_operation' : undefined));
  const detail = errors.map(({ path, message }) => (message.startsWith(path) ? message : `${path}: ${message}`));
  const untold = error.details.length - told.length;
  if (untold > 0) detail.push(`and ${untold} more`);
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

/** An answer in the form in which both hapi and a bare response take it. */
interface WrittenProblem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Seconds that caches may keep an error that answers a GET; no other is stored. A 404 may soon be wrong, a 410 never. */
const MAX_AGE_OF_STATUS: Record<number, number> = { 404: 5, 410: 60 };

function cacheControlOf(status: number, method: string | undefined): string {
  const maxAge = method === 'get' || method === 'head' ? MAX_AGE_OF_STATUS[status] : undefined;
  // Not `public`: of a request with credentials a shared cache keeps no answer then.
  return maxAge === undefined ? 'no-store' : `max-age=${maxAge}`;
}

/** Writes an error as a problem. Nothing of a cause gets out. */
export function writeProblem(error: ImageServiceError, requestId: string, method?: string): WrittenProblem {
  const problem = toProblem(error, requestId);
  const { allow, accepts, endsConnection, retryAfterSeconds, actual } = error.facts;
  const headers = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': cacheControlOf(problem.status, method),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    ...(error.code === 'range_not_satisfiable' && { 'content-range': `bytes */${actual}` }),
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(allow && { allow: allow.join(', ') }),
    ...accepts,
    ...(endsConnection && { connection: 'close' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}
