import { randomUUID } from 'node:crypto';
import {
  Agent,
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

/** Where each service listens: `http://127.0.0.1:PORT`. */
export type Targets = Partial<Record<ServiceName, string>>;

/** Headers that speak of one connection, not of the message (RFC 9110, 7.6.1). Transfer-Encoding stays, so that Node frames the body anew. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

/**
 * The load balancer's stand-in on one machine: routes by the rules that are compiled for the ALB, and like it answers 404 where no
 * rule matches, 503 where a service has no target and 502 where the target fails.
 */
export function createGateway(targets: Targets): Server {
  const rules = compileListenerRules();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const service = matchListenerRule(rules, request.method ?? 'GET', path);
    if (!service) {
      response
        .writeHead(DEFAULT_ANSWER.status, { 'content-type': DEFAULT_ANSWER.contentType })
        .end(DEFAULT_ANSWER.body);
      return;
    }
    request.headers['x-request-id'] ??= randomUUID();
    const target = targets[service];
    if (target) forward(request, response, { target, agent });
    else answer(response, 503, `The service ${service} is not running.`);
  });
  // Uploads may take longer than Node's five minutes; the services have their own limit.
  server.requestTimeout = 0;
  answerClientErrors(server);
  server.on('close', () => agent.destroy());
  return server;
}

/** Streams a request to a service and its answer back. Either side going away ends the other. */
function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { target, agent }: { target: string; agent: Agent },
): void {
  const headers = { ...withoutHopByHop(request.headers), 'x-forwarded-for': request.socket.remoteAddress };
  const upstream = httpRequest(target, { agent, method: request.method, path: request.url, headers });
  upstream.on('response', (answered) => {
    response.writeHead(answered.statusCode ?? 502, withoutHopByHop(answered.headers));
    answered.once('error', () => response.destroy());
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
  });
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, 'The service does not answer.');
  });
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  request.pipe(upstream);
}

const withoutHopByHop = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

/** An answer of the gateway's own. ALB's are HTML; for programs on one machine a problem says more. */
function answer(response: ServerResponse, status: 502 | 503, detail: string): void {
  const requestId = String(response.req.headers['x-request-id']);
  const problem = toProblem(new ImageServiceError('service_unavailable', `${detail} Try again.`), requestId);
  const headers = { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', 'retry-after': '1' };
  response.writeHead(status, { ...headers, 'x-request-id': requestId });
  response.end(JSON.stringify({ ...problem, status }));
}
