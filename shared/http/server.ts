import type { Server as HttpServer } from 'node:http';
import Hapi, { type Lifecycle, type Server } from '@hapi/hapi';
import { PATCH_MEDIA_TYPES } from '../contracts/api/json-types.ts';
import type { Route } from '../contracts/api/route.ts';
import { ALL_METHODS, methodsAt, type OperationOf, routeList } from '../contracts/api/routes.ts';
import type { Environment } from '../contracts/environment.ts';
import { runningVersionOf, type VersionSettings } from '../contracts/running-version.ts';
import type { ServiceName } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import type { AccessPorts } from '../domain/principal.ts';
import type { Logger } from '../runtime/logger.ts';
import { answerOptions, bindOtherMethods } from './allowed-methods.ts';
import { auditRequests } from './audit.ts';
import { type AuthenticationSettings, authenticate } from './authentication.ts';
import { startBodyTimeout } from './body-timeout.ts';
import { clientAddressReader, type ProxySettings } from './client-address.ts';
import { answerClientErrors } from './client-error-answers.ts';
import { limitConnections } from './connection-limit.ts';
import { allowsAnyOrigin, corsHeadersFor } from './cors.ts';
import { createListener } from './create-listener.ts';
import { sendContinueOnRead } from './expect-continue.ts';
import { addFastPath, type FastPath } from './fast-path.ts';
import { finishResponse } from './finish-response.ts';
import { answerHeadLikeGet } from './head-like-get.ts';
import { bindHealth, bindMetrics, type MetricsText } from './health-and-metrics.ts';
import { type HostOriginSettings, hostOriginCheck } from './host-origin-check.ts';
import { HTTP_LIMITS, type HttpLimits, REQUEST_SECONDS } from './http-limits.ts';
import { queuePipelined } from './pipelining.ts';
import { dropInvalidDates } from './preconditions.ts';
import { requestAdmission } from './rate-limit-fields.ts';
import { refuseHead, refusePath } from './request-heads.ts';
import { logRequests } from './request-log.ts';
import { isAsteriskForm, normalizeTargets } from './request-targets.ts';
import { routeOptions, throwFieldErrors, UNREAD_PAYLOAD } from './route-options.ts';
import { linkKeysOf } from './signed-links.ts';

export type Handler = Lifecycle.Method;

export interface ServerOptions<S extends ServiceName> {
  service: S;
  config: Pick<Environment, 'HOST' | 'PORT'> &
    Partial<Pick<Environment, 'LINK_KEYS'>> &
    VersionSettings &
    HostOriginSettings &
    ProxySettings &
    AuthenticationSettings;
  logger: Logger;
  /** A handler for each operation of the service in the route table. A missing or foreign one does not compile. */
  handlers: Record<OperationOf<S>, Handler>;
  /** Resolves if everything the service depends on answers. */
  ready: () => Promise<unknown>;
  /** The metrics of the service for Prometheus. Without them there is no path for metrics. */
  metrics?: MetricsText;
  /** Headers that OPTIONS answers beside the methods of a path. */
  optionsHeaders?: Record<string, string>;
  /** What the server asks about callers, beside the keys of API_KEYS. */
  access?: AccessPorts;
  /** Answers some requests before everything else, without authentication: its responses must be public. */
  fastPath?: FastPath;
  /** Seconds in which a whole request must arrive, if not REQUEST_SECONDS. Uploads need more than Node's five minutes. */
  requestTimeoutSeconds?: number;
  limits?: Partial<HttpLimits> | undefined;
}

/** A hapi server with one service's routes of the route table, which answers every error as a problem. It does not listen yet. */
export function createServer<S extends ServiceName>(options: ServerOptions<S>): Server {
  const { config, logger } = options;
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const cors = corsHeadersFor(config.CORS_ORIGINS);
  const server = Hapi.server({
    host: config.HOST,
    port: config.PORT,
    debug: false,
    listener: createListener(options.requestTimeoutSeconds ?? REQUEST_SECONDS),
    // hapi would compress these, but images must keep their length and strong ETag, and events must arrive at once.
    mime: { override: { 'image/svg+xml': { compressible: false }, 'text/event-stream': { compressible: false } } },
    routes: {
      // hapi's own ranges would read an object from its beginning.
      response: { ranges: false },
      state: { parse: false, failAction: 'ignore' },
      validate: { failAction: (_request, _h, error) => throwFieldErrors(error) },
    },
  });
  const listener = server.listener as HttpServer;
  const clientAddress = clientAddressReader(config);
  answerClientErrors(listener, {
    logger,
    clientAddress,
    lingerMs: limits.lingering.silentMs,
  });
  const { verifiers = [], limits: ownerLimits } = options.access ?? {};
  authenticate(server, config, { verifiers, clientAddress, admit: requestAdmission(ownerLimits, clientAddress) });
  logRequests(server, logger, clientAddress);
  server.ext('onRequest', refuseRequests(config));
  server.ext('onRequest', answerHeadLikeGet);
  server.ext('onPostAuth', startBodyTimeout(listener, limits));
  // Before errors are sent, because what is sent ends the request.
  const audit = options.access?.audit;
  const follow = audit ? auditRequests(server, { audit, clientAddress }) : (handler: Handler) => handler;
  server.ext('onPreResponse', finishResponse(cors, limits));
  bindRoutes(server, { ...options, follow }, limits);
  bindHealth(server, options.ready, runningVersionOf(config));
  if (options.metrics) bindMetrics(server, options.metrics);
  sendContinueOnRead(listener);
  if (options.fastPath) addFastPath(listener, options.fastPath, { logger, clientAddress });
  queuePipelined(listener, limits.pipelining);
  limitConnections(listener, limits, logger);
  normalizeTargets(listener);
  return server;
}

function bindRoutes<S extends ServiceName>(
  server: Server,
  { service, config, handlers, follow, optionsHeaders = {} }: ServerOptions<S> & { follow(handler: Handler): Handler },
  limits: HttpLimits,
): void {
  const own = routeList.filter((route) => route.service === service);
  const linkKeys = linkKeysOf(config);
  for (const route of own) {
    const handler = follow(handlers[route.operationId as OperationOf<S>]);
    server.route({ method: route.method, path: route.path, handler, options: routeOptions(route, limits, linkKeys) });
    if (route.slashed) bindSlashed(server, route);
  }
  for (const path of new Set(own.map((route) => route.path))) {
    const anyOrigin = own.filter((route) => route.path === path).every(allowsAnyOrigin);
    const allow = methodsAt(path);
    const patch = allow.includes('PATCH') && { 'accept-patch': PATCH_MEDIA_TYPES.join(', ') };
    bindOtherMethods(server, { path, allow, anyOrigin }, { ...optionsHeaders, ...patch });
  }
  // hapi's own 404 waits for a body to end.
  server.route({
    method: '*',
    path: '/{any*}',
    handler: () => throwRouteNotFound(),
    options: { auth: false, payload: UNREAD_PAYLOAD },
  });
}

/** Redirects a path with a slash at its end to the path without it. */
function bindSlashed(server: Server, { method, path }: Pick<Route, 'method' | 'path'>): void {
  const handler: Handler = (_request, h) =>
    h.redirect(path).permanent().header('cache-control', 'public, max-age=3600');
  server.route({ method, path: `${path}/`, handler, options: { auth: false, app: { anyOrigin: true } } });
}

function throwRouteNotFound(): never {
  throw new ImageServiceError('route_not_found', 'Nothing is at this path. GET /openapi.json lists the routes.');
}

/** The first step of every request refuses wrong heads, hosts and origins, before hapi waits for the body. */
function refuseRequests(config: HostOriginSettings): Lifecycle.Method {
  const refuseHostOrOrigin = hostOriginCheck(config);
  return ({ raw: { req }, path }, h) => {
    const refusal = refuseHead(req) ?? refuseHostOrOrigin(req) ?? refusePath(path);
    if (refusal) throw refusal;
    dropInvalidDates(req.headers);
    return isAsteriskForm(req) ? answerOptions(h, ALL_METHODS).takeover() : h.continue;
  };
}
