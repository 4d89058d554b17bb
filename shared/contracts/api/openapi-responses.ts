import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import { BINARY, type Json, ref } from './json-schema.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEM_STATUS } from './problem.ts';
import { RESPONSE_HEADERS, type ResponseHeader } from './response-headers.ts';
import type { RouteResponse } from './responses.ts';
import type { Route } from './route.ts';
import { COMMON_PROBLEMS } from './route-problems.ts';

/** The components for all documented headers of responses. */
export const headerComponents = (): Json =>
  Object.fromEntries(
    Object.entries(RESPONSE_HEADERS).map(([name, { description, example }]) => [
      name,
      { description, schema: { type: 'string' }, example },
    ]),
  );

const headersOf = (names: readonly ResponseHeader[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** On every response that is for its client only, where requests are limited. */
const RATE_LIMIT_HEADERS = ['RateLimit-Policy', 'RateLimit'] as const satisfies ResponseHeader[];

/** The responses of a route: for each of its statuses, and for each of its problems. */
export const routeResponses = ({ responses, problems, scope }: Route): Json => ({
  ...Object.fromEntries(
    Object.entries(responses).map(([status, value]) => [
      status,
      response({ ...value, maybe: [...(value.maybe ?? []), ...(scope === 'public' ? [] : RATE_LIMIT_HEADERS)] }),
    ]),
  ),
  ...problemResponses([...COMMON_PROBLEMS, ...problems]),
});

function response({ description, schema, mediaType, headers = [], maybe = [] }: RouteResponse): Json {
  const facts = { description, headers: headersOf(['X-Request-Id', ...headers, ...maybe]) };
  if (schema) return { ...facts, content: { 'application/json': { schema: ref(schema) } } };
  return mediaType ? { ...facts, content: { [mediaType]: { schema: bodyOf(mediaType) } } } : facts;
}

function bodyOf(mediaType: string): Json {
  if (mediaType === 'application/json') return { type: 'object', additionalProperties: true };
  return mediaType.startsWith('text/') ? { type: 'string' } : BINARY;
}

/** One response for each status, which explains the codes that it may have. */
function problemResponses(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEM_STATUS[code]);
  const each = [...byStatus].map(([status, group]) => [
    status,
    {
      description: group.map(explained).join('\n'),
      headers: headersOf(['X-Request-Id', ...headersOfProblem(status, group), ...RATE_LIMIT_HEADERS]),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: ref('Problem') } },
    },
  ]);
  return Object.fromEntries(each);
}

function headersOfProblem(status: number, codes: readonly ErrorCode[]): ResponseHeader[] {
  if (status === PROBLEM_STATUS.unauthenticated) return ['WWW-Authenticate'];
  if (status === PROBLEM_STATUS.range_not_satisfiable) return ['Content-Range'];
  return codes.some((code) => ERRORS[code].retryable) ? ['Retry-After'] : [];
}

/** A code with its title, as an item of a list. */
export const explained = (code: ErrorCode): string => `- \`${code}\`: ${ERRORS[code].title}.`;
