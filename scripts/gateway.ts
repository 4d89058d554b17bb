import {
  Agent,
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { finished } from 'node:stream/promises';
import { compileListenerRules, DEFAULT_ANSWER, matchListenerRule } from '../shared/contracts/listener-rules.ts';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../shared/contracts/problem.ts';
import type { ServiceName } from '../shared/contracts/services.ts';
import { ImageServiceError } from '../shared/domain/errors.ts';
import { answerClientErrors, LINGER_MS } from '../shared/http/listener.ts';
import { requestIdIn } from '../shared/http/request-id.ts';
import type { Logger } from '../shared/runtime/logger.ts';

/** Where each service listens: `http://127.0.0.1:PORT`. */
export type Targets = Partial<Record<ServiceName, string>>;

export interface GatewayOptions {
  /** Is told of requests that failed here; without it nobody is. */
  logger?: Logger | undefined;
}

/** One request on its way through: what came, what is to be answered, and what to do when a step fails. */
interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  fail: (error: Error) => void;
}

/** Headers that speak of one connection, not of the message (RFC 9110, 7.6.1). Transfer-Encoding stays, so that Node frames the body anew. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

/**
 * The load balancer's stand-in on one machine: routes by the rules that are compiled for the ALB, and like it answers 404 where no
 * rule matches, 503 where a service has no target and 502 where the target fails. Whatever fails costs one request.
 */
export function createGateway(targets: Targets, { logger }: GatewayOptions = {}): Server {
  const rules = compileListenerRules();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const passage = openPassage(request, response, logger);
    guarded(passage, () => {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      const service = matchListenerRule(rules, request.method ?? 'GET', path);
      if (!service) {
        response
          .writeHead(DEFAULT_ANSWER.status, { 'content-type': DEFAULT_ANSWER.contentType })
          .end(DEFAULT_ANSWER.body);
        return;
      }
      const target = targets[service];
      if (target) forward(passage, { target, agent });
      else answer(passage, 503, `The service ${service} is not running.`);
    })();
  });
  // Uploads may take longer than Node's five minutes; the services have their own limit.
  server.requestTimeout = 0;
  answerClientErrors(server, logger);
  server.on('close', () => agent.destroy());
  return server;
}

function openPassage(request: IncomingMessage, response: ServerResponse, logger: Logger | undefined): Passage {
  const requestId = requestIdIn(request.headers);
  const { method, url } = request;
  const passage: Passage = {
    request,
    response,
    requestId,
    fail: (error) => {
      logger?.error({ requestId, method, path: url?.split('?', 1)[0], err: error }, 'a request failed in the gateway');
      if (response.headersSent) response.destroy();
      else answer(passage, 502, 'The gateway could not pass the request or its answer on.');
    },
  };
  // Both end with the connection, which whoever is in between sees as `close`; what is said beside it is nobody's business.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return passage;
}

/** A step of one request, which fails for that request alone: an event's listener that throws would end the process. */
const guarded =
  <Args extends unknown[]>({ fail }: Passage, step: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      step(...args);
    } catch (error) {
      fail(error as Error);
    }
  };

/** Streams a request to a service and its answer back. Either side going away ends the other. */
function forward(passage: Passage, { target, agent }: { target: string; agent: Agent }): void {
  const { request, response } = passage;
  const upstream = httpRequest(target, {
    agent,
    method: request.method,
    path: request.url,
    headers: forwardedHeaders(passage),
  });
  upstream.on('error', () => undefined);
  // With an error, or without one: an answer that nobody can take, a switch of protocols among them, just closes.
  const miss = () => {
    if (!response.headersSent && !response.destroyed) answer(passage, 502, 'The service does not answer.');
  };
  upstream.once('close', miss);
  upstream.on('response', (answered) => {
    upstream.off('close', miss);
    answered.on('error', () => response.destroy());
    try {
      response.writeHead(answered.statusCode ?? 502, withoutHopByHop(answered.headers));
      passBack(passage, upstream, answered);
    } catch (error) {
      upstream.destroy();
      passage.fail(error as Error);
    }
  });
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  request.pipe(upstream);
}

function passBack({ request, response }: Passage, upstream: ClientRequest, answered: IncomingMessage): void {
  answered.pipe(response, { end: request.complete });
  if (request.complete) return;
  // Answered before the body was whole: the service wants no more of it, but the client may have to finish before it reads.
  request.unpipe(upstream);
  request.resume();
  const gone = finished(request, { writable: false, signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
  void Promise.all([gone, finished(answered).catch(() => undefined)]).then(() => {
    response.end();
    upstream.destroy();
  });
}

function forwardedHeaders({ request, requestId }: Passage): IncomingMessage['headers'] {
  const { 'x-forwarded-for': _claimed, ...headers } = withoutHopByHop(request.headers);
  // Of a connection that was reset nobody knows any more whose it was.
  const { remoteAddress } = request.socket;
  return { ...headers, 'x-request-id': requestId, ...(remoteAddress && { 'x-forwarded-for': remoteAddress }) };
}

const withoutHopByHop = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

/** An answer of the gateway's own. ALB's are HTML; for programs on one machine a problem says more. */
function answer({ response, requestId }: Passage, status: 502 | 503, detail: string): void {
  const problem = toProblem(new ImageServiceError('service_unavailable', `${detail} Try again.`), requestId);
  const headers = { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', 'retry-after': '1' };
  response.writeHead(status, { ...headers, 'x-request-id': requestId });
  response.end(JSON.stringify({ ...problem, status }));
}
