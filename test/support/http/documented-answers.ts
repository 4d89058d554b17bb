import { gunzipSync } from 'node:zlib';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../../shared/contracts/api/openapi.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEM_STATUS } from '../../../shared/contracts/api/problem.ts';
import type { RouteResponse } from '../../../shared/contracts/api/responses.ts';
import type { Route } from '../../../shared/contracts/api/route.ts';
import { COMMON_PROBLEMS } from '../../../shared/contracts/api/route-problems.ts';
import { methodsAt, routeList } from '../../../shared/contracts/api/routes.ts';
import { HEALTH_PATHS, METRICS_PATH } from '../../../shared/contracts/services.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';

/** An answer of the API with its request, which is unknown where the sent bytes were not a request. */
export interface Exchange {
  method: string | undefined;
  /** The path as it was sent, with its query. */
  path: string | undefined;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Codes for requests that are no operation of the document: unknown paths, spellings or methods. */
const NO_ROUTE: ErrorCode = 'route_not_found';
const NO_METHOD: ErrorCode = 'method_not_allowed';

/** Paths outside of the API. */
const OWN_PATHS: string[] = [...Object.values(HEALTH_PATHS), METRICS_PATH];

/** Statuses of the gateway or a load balancer when a service fails. */
const BAD_GATEWAY = 502;

const schemas = openApiDocument().components as { schemas: Record<string, object> };
// The validator ignores OpenAPI's own keywords (`discriminator`, `example`).
const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', components: schemas });

const validators = new Map<string, ValidateFunction>();

/** The first difference between a body and its schema; undefined if it is as documented. */
function faultsIn(schema: string, body: unknown): string | undefined {
  const known = validators.get(schema) ?? ajv.compile({ $ref: `openapi#/components/schemas/${schema}` });
  validators.set(schema, known);
  if (known(body)) return undefined;
  const faults = known.errors ?? [];
  return faults
    .map(({ instancePath, message, params }) => `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}

const patterns = routeList.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
}));

/** The rows of the route table at a path, in any percent-encoding. */
function routesAt(path: string): Route[] {
  const plain = decodeUnreserved(new URL(path.replaceAll('\\', '/'), 'http://a').pathname);
  return patterns.filter(({ pattern }) => pattern.test(plain)).map(({ route }) => route);
}

const decodeUnreserved = (path: string): string =>
  path.replaceAll(/%([2-7][0-9a-f])/gi, (written, hex) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : written;
  });

/**
 * Throws unless an answer of a service is as the OpenAPI document has it: its status, its media type, its code, and every field of its
 * body.
 */
export function checkDocumented(exchange: Exchange): void {
  const { method, path, status, headers, body } = exchange;
  // Every answer of a service has a request id. Answers without one come from object stores, stand-ins and other servers.
  if (headers['x-request-id'] === undefined) return;
  const fault = faultOf(exchange);
  if (fault === undefined) return;
  const shown = body.subarray(0, 1000).toString();
  throw new Error(`${method} ${path} answers ${status}, which OpenAPI does not say: ${fault}. ${shown}`);
}

function faultOf({ method, path, status, headers, body }: Exchange): string | undefined {
  const mediaType = String(headers['content-type'] ?? '').split(';')[0];
  const routes = isPath(path) ? routesAt(path) : [];
  const asked = method === 'HEAD' ? 'GET' : method;
  const route = routes.find((each) => each.method === asked);
  if (mediaType === PROBLEM_MEDIA_TYPE) return faultOfProblem(route, { status, json: jsonOf(headers, body) });
  if (!route)
    return isSlashed({ path, status, headers }) ? undefined : faultElsewhere({ method, path, status }, routes);
  const answer = (route.responses as Record<number, RouteResponse>)[status];
  if (!answer) return 'it has no such status';
  const lacking = (answer.headers ?? []).filter((name) => headers[name.toLowerCase()] === undefined);
  if (lacking.length > 0) return `it has no ${lacking.join(', ')}`;
  if (body.length === 0) return undefined;
  if (answer.schema) return faultsIn(answer.schema, jsonOf(headers, body));
  if (!answer.mediaType) return 'it has no body';
  const isOfType = new RegExp(`^${answer.mediaType.replaceAll('+', '\\+').replaceAll('*', '[^/]+')}$`).test(
    mediaType ?? '',
  );
  return isOfType ? undefined : `its media type is not ${mediaType}`;
}

const isPath = (path: string | undefined): path is string =>
  path !== undefined && path !== '*' && URL.canParse(path, 'http://a');

function faultOfProblem(
  route: Route | undefined,
  { status, json }: { status: number; json: unknown },
): string | undefined {
  // The answer to HEAD has no body.
  if (json === undefined) return undefined;
  const fault = faultsIn('Problem', json);
  if (fault) return fault;
  const { code, status: told } = json as { code: ErrorCode; status: number };
  if (told !== status) return `its problem tells the status ${told}`;
  if (status === BAD_GATEWAY) return code === 'service_unavailable' ? undefined : `a gateway does not say ${code}`;
  if (PROBLEM_STATUS[code] !== status) return `${code} has the status ${PROBLEM_STATUS[code]}`;
  const codes = [...COMMON_PROBLEMS, NO_ROUTE, ...(route ? route.problems : [NO_METHOD])];
  return codes.includes(code) ? undefined : `the code ${code} is none of its own`;
}

/** Whether an answer just redirects from a path with a trailing slash to the path. */
function isSlashed({ path, status, headers }: Pick<Exchange, 'path' | 'status' | 'headers'>): boolean {
  const asked = path?.split('?', 1)[0];
  return (
    status === 301 &&
    routeList.some((route) => route.slashed && `${route.path}/` === asked && headers.location === route.path)
  );
}

function faultElsewhere(
  { method, path = '', status }: Pick<Exchange, 'method' | 'path' | 'status'>,
  routes: Route[],
): string | undefined {
  const isThere = /^(?:\*|https?:\/\/[^/]+)$/.test(path) || routes.some((route) => methodsAt(route.path).length > 0);
  if (method === 'OPTIONS' && status === 204 && isThere) return undefined;
  return OWN_PATHS.includes(path) ? undefined : 'there is no such operation';
}

function jsonOf(headers: Exchange['headers'], body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return JSON.parse(plain.toString());
}

/** Throws unless an event is as documented: the record in `image`, nothing in others. */
export function checkDocumentedEvent({ event, data }: { event: string; data: string }): void {
  const fault = event === 'image' ? faultsIn('Image', JSON.parse(data)) : data !== '{}' && 'it has no data';
  if (fault) throw new Error(`The event ${event} is not as OpenAPI says: ${fault}. ${data.slice(0, 1000)}`);
}
