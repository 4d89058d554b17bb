import { randomUUID } from 'node:crypto';
import { Agent, createServer, type Server, ServerResponse } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { compileListenerRules, DEFAULT_ANSWER, matchListenerRule } from '../shared/contracts/listener-rules.ts';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../shared/contracts/problem.ts';
import type { ServiceName } from '../shared/contracts/services.ts';
import { ImageServiceError } from '../shared/domain/errors.ts';

/** Where each service listens: `http://127.0.0.1:PORT`. */
export type Targets = Partial<Record<ServiceName, string>>;

/**
 * The load balancer's stand-in on one machine: routes by the rules that are compiled for the ALB, and like it answers 404 where no
 * rule matches, 503 where a service has no target and 502 where the target fails.
 */
export function createGateway(targets: Targets): Server {
  const rules = compileListenerRules();
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const proxy = createProxyServer({ agent, xfwd: true });
  proxy.on('error', (_error, _request, response) => {
    if (!(response instanceof ServerResponse)) return;
    if (response.headersSent) response.destroy();
    else answer(response, 502, 'The service does not answer.');
  });
  // Otherwise a client whose answer breaks off in the middle would wait for the rest of it.
  proxy.on('proxyRes', (answered, _request, response) => answered.once('error', () => response.destroy()));
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const service = matchListenerRule(rules, request.method ?? 'GET', path);
    if (!service) {
      response
        .writeHead(DEFAULT_ANSWER.status, { 'content-type': DEFAULT_ANSWER.contentType })
        .end(DEFAULT_ANSWER.body);
      return;
    }
    const target = targets[service];
    request.headers['x-request-id'] ??= randomUUID();
    if (!target) return answer(response, 503, `The service ${service} is not running.`);
    // It speaks of the client's connection, not of the one to the service.
    delete request.headers.connection;
    proxy.web(request, response, { target });
  });
  // Uploads may take longer than Node's five minutes; the services have their own limit.
  server.requestTimeout = 0;
  server.on('close', () => agent.destroy());
  return server;
}

/** An answer of the gateway's own. ALB's are HTML; for programs on one machine a problem says more. */
function answer(response: ServerResponse, status: 502 | 503, detail: string): void {
  const problem = toProblem(new ImageServiceError('service_unavailable', `${detail} Try again.`));
  const headers = { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', 'retry-after': '1' };
  const id = String(response.req.headers['x-request-id']);
  response.writeHead(status, { ...headers, 'x-request-id': id });
  response.end(JSON.stringify({ ...problem, status, requestId: id }));
}
