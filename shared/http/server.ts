import type { Server as HttpServer } from 'node:http';
import { finished } from 'node:stream/promises';
import Hapi, {
  type Lifecycle,
  type Request,
  type ResponseObject,
  type ResponseToolkit,
  type RouteOptions,
  type Server,
} from '@hapi/hapi';
import Joi from 'joi';
import type { Environment } from '../contracts/environment.ts';
import { methodsAt, type OperationOf, type Route, routeList } from '../contracts/routes.ts';
import { HEALTH_PATHS, METRICS_PATH, type ServiceName } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Logger } from '../runtime/logger.ts';
import { type AuthenticationSettings, authenticate, unauthenticated } from './authentication.ts';
import { type CorsHeaders, corsFor } from './cors.ts';
import { answerClientErrors, LINGER_MS, openListener } from './listener.ts';
import { fieldErrors, toServiceError, writeProblem } from './problem.ts';
import { requestId } from './request-id.ts';
import { logRequests, noteError } from './request-log.ts';
import { type Shortcut, takeShortcut } from './shortcut.ts';

export type Handler = Lifecycle.Method;

export interface MetricsText {
  text(): Promise<string>;
  readonly contentType: string;
}

export interface ServerOptions<S extends ServiceName> {
  service: S;
  config: Pick<Environment, 'HOST' | 'PORT' | 'CORS_ORIGINS'> & AuthenticationSettings;
  logger: Logger;
  /** One for each operation of the service in the route table: a missing or foreign one does not compile. */
  handlers: Record<OperationOf<S>, Handler>;
  /** Resolves if everything the service depends on answers. */
  ready: () => Promise<unknown>;
  /** What the service has counted, as text for Prometheus; without it there is no such path. */
  metrics?: MetricsText;
  /** What OPTIONS answers beside the methods of a path. */
  optionsHeaders?: Record<string, string>;
  /** Asked before everything else. What it answers has no owner: only what anybody may see. */
  shortcut?: Shortcut;
  /** Time for a whole request to arrive; uploads need more than Node's five minutes. */
  requestTimeoutSeconds?: number;
}

/** A hapi server that answers one service's rows of the route table, and every error as a problem. Not yet listening. */
export function createServer<S extends ServiceName>(options: ServerOptions<S>): Server {
  const { config, logger } = options;
  const server = Hapi.server({
    host: config.HOST,
    port: config.PORT,
    debug: false,
    listener: openListener(options.requestTimeoutSeconds ?? 60),
    // hapi would compress these: images keep their length and their strong ETag, and events come at once.
    mime: { override: { 'image/svg+xml': { compressible: false }, 'text/event-stream': { compressible: false } } },
    routes: {
      // hapi's own would read an object from its beginning for any range of it.
      response: { ranges: false },
      state: { parse: false, failAction: 'ignore' },
      validate: { failAction: (_request, _h, error) => refuseFields(error) },
    },
  });
  answerClientErrors(server.listener, logger);
  authenticate(server, config);
  logRequests(server, logger);
  server.ext('onPostAuth', noteReading);
  server.ext('onPreResponse', finish(corsFor(config.CORS_ORIGINS)));
  bindRoutes(server, options);
  bindHealth(server, options.ready);
  if (options.metrics) bindMetrics(server, options.metrics);
  if (options.shortcut) takeShortcut(server.listener as HttpServer, options.shortcut, logger);
  return server;
}

function bindRoutes<S extends ServiceName>(
  server: Server,
  { service, handlers, optionsHeaders = {} }: ServerOptions<S>,
): void {
  const own = routeList.filter((route) => route.service === service);
  for (const route of own) {
    const handler = handlers[route.operationId as OperationOf<S>];
    server.route({ method: route.method, path: route.path, handler, options: routeOptions(route) });
  }
  for (const path of new Set(own.map((route) => route.path))) {
    const handler: Handler = (request, h) => {
      const allow = methodsAt(path);
      const method = request.method.toUpperCase();
      if (method === 'OPTIONS') return answerOptions(h, allow, optionsHeaders);
      throw new ImageServiceError('method_not_allowed', `${path} takes ${allow.join(', ')}, not ${method}.`, { allow });
    };
    // The body of a request that is refused anyway is left unread, however long.
    const payload = payloadOptions({ kind: 'part' });
    server.route({ method: '*', path, handler, options: { ...(payload && { payload }) } });
  }
}

/** What a path takes. A browser that asks beforehand gets the rest from cors.ts. */
function answerOptions(h: ResponseToolkit, allow: string[], headers: Record<string, string>): Lifecycle.ReturnValue {
  return addHeaders(h.response().code(204), { ...headers, allow: [...allow, 'OPTIONS'].join(', ') });
}

function routeOptions({
  operationId,
  scope,
  anonymous,
  params,
  query,
  headers,
  body,
}: (typeof routeList)[number]): RouteOptions {
  return {
    app: { operation: operationId },
    auth: scope === 'public' ? false : { strategy: 'default', scope, mode: anonymous ? 'try' : 'required' },
    validate: {
      ...(params && { params }),
      query: query ?? Joi.object({}),
      ...(headers && { headers }),
      ...(body?.kind === 'json' && { payload: body.schema }),
      // Of a long list the first mistake is enough: to collect thousands takes seconds.
      options: { abortEarly: body?.kind === 'json' && body.maxBytes !== undefined, errors: { wrap: { label: false } } },
    },
    ...(body && { payload: payloadOptions(body) }),
  };
}

/** Bytes are left to their handler, which streams them and counts for itself; hapi's own limits would only come too early. */
const payloadOptions = (body: NonNullable<Route['body']>): RouteOptions['payload'] =>
  body.kind === 'json'
    ? { parse: true, allow: 'application/json', maxBytes: body.maxBytes ?? LIMITS.jsonBytes, protoAction: 'error' }
    : { parse: false, output: 'stream', maxBytes: Number.MAX_SAFE_INTEGER, timeout: false };

/** Validation of a part of the request failed: hapi hands over joi's error with the part's name. */
function refuseFields(error: Error | undefined): never {
  if (!Joi.isError(error)) throw error ?? new Error('validation failed without an error');
  const source = (error as Error & { output?: { payload?: { validation?: { source?: string } } } }).output?.payload
    ?.validation?.source;
  throw fieldErrors(error, source === 'payload' ? '' : source);
}

/** Requests whose body hapi has begun to hand over, and so has told the client to send. */
const reading = new WeakSet<Request>();

const noteReading: Lifecycle.Method = (request, h) => {
  reading.add(request);
  return h.continue;
};

/** The last step of every answer: errors become problems, and each answer carries its request's id and what browsers need of CORS. */
const finish =
  (cors: CorsHeaders): Lifecycle.Method =>
  async (request, h) => {
    const { response } = request;
    if (response instanceof Error) return finishError(request, h, { error: response, headers: cors(request) });
    response.header('x-request-id', requestId(request)).header('x-content-type-options', 'nosniff');
    // What anybody may read says so itself.
    if (!response.headers['access-control-allow-origin']) addHeaders(response, cors(request));
    return h.continue;
  };

async function finishError(
  request: Request,
  h: ResponseToolkit,
  { error, headers: corsHeaders }: { error: Error; headers: Record<string, string> },
): Promise<Lifecycle.ReturnValue> {
  noteError(request, error);
  const { maxBytes } = request.route.settings.payload ?? {};
  const {
    status,
    headers: own,
    body,
  } = writeProblem(toServiceError(error, maxBytes), requestId(request), request.method);
  const headers = { ...own, ...corsHeaders };
  if (isStillSending(request)) {
    // hapi would close the connection on the client, which then reads a reset instead of the answer. So the answer goes out whole, and
    // is only ended when the rest of the body has gone by.
    const { req, res } = request.raw;
    res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).write(body);
    req.resume();
    await finished(req, { writable: false, signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
    res.end();
    await finished(res, { readable: false }).catch(() => undefined);
    return h.abandon;
  }
  return addHeaders(h.response(body).code(status), headers);
}

function addHeaders(response: ResponseObject, headers: Record<string, string>): ResponseObject {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') response.vary(value);
    else response.header(name, value);
  }
  return response;
}

/** Whether a body is on its way. One that waits for `100 Continue` is not, and after an error never will be. */
function isStillSending(request: Request): boolean {
  const { req } = request.raw;
  return !req.complete && !req.destroyed && (reading.has(request) || !req.headers.expect);
}

function bindHealth(server: Server, ready: () => Promise<unknown>): void {
  server.route({ method: 'GET', path: HEALTH_PATHS.liveness, handler: () => ({ status: 'ok' }) });
  server.route({
    method: 'GET',
    path: HEALTH_PATHS.readiness,
    handler: async () => {
      await ready().catch((cause: unknown) => {
        throw new ImageServiceError('service_unavailable', 'Something this service depends on does not answer.', {
          cause,
        });
      });
      return { status: 'ready' };
    },
  });
}

function bindMetrics(server: Server, metrics: MetricsText): void {
  server.route({
    method: 'GET',
    path: METRICS_PATH,
    handler: async (_request, h) => h.response(await metrics.text()).type(metrics.contentType),
  });
}

/** Who is asking; `unauthenticated` where a route lets in who shows no credentials and it comes to that. */
export function ownerOf({ auth }: Request): string {
  // hapi's types know no request without them.
  const { owner } = auth.credentials ?? {};
  if (!owner) throw unauthenticated();
  return owner;
}
