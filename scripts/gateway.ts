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
import { ALL_METHODS } from '../shared/contracts/api/routes.ts';
import { compileListenerRules, matchListenerRule, noService } from '../shared/contracts/listener-rules.ts';
import type { ServiceName } from '../shared/contracts/services.ts';
import { ImageServiceError } from '../shared/domain/errors.ts';
import { limitConnections } from '../shared/http/connection-limit.ts';
import { ANY_ORIGIN_HEADERS } from '../shared/http/cors.ts';
import { withoutHopByHop } from '../shared/http/hop-by-hop.ts';
import { HTTP_LIMITS, type HttpLimits } from '../shared/http/http-limits.ts';
import { closeLingering, isIncomplete } from '../shared/http/lingering.ts';
import { answerClientErrors } from '../shared/http/listener.ts';
import { queuePipelined } from '../shared/http/pipelining.ts';
import { writeProblem } from '../shared/http/problem.ts';
import { expectsContinue, refuseHead } from '../shared/http/request-heads.ts';
import { requestIdOf } from '../shared/http/request-id.ts';
import { isAsteriskForm, normalizeTargets } from '../shared/http/request-targets.ts';
import type { Logger } from '../shared/runtime/logger.ts';

/** Where each service listens: `http://127.0.0.1:PORT`. */
export type Targets = Partial<Record<ServiceName, string>>;

export interface GatewayOptions {
  /** Is told of requests that failed here; without it nobody is. */
  logger?: Logger | undefined;
  limits?: Partial<HttpLimits> | undefined;
}

/** One request on its way through: what came, what is to be answered, and what to do when a step fails. */
interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Whether its body is on its way: not that of a client which waits to be told. */
  isSending: boolean;
  lingering: HttpLimits['lingering'];
  /** Tells the log why. */
  report: (reason: Error, what: string) => void;
  fail: (error: Error) => void;
}

/**
 * The load balancer's stand-in on one machine: routes by the rules that are compiled for the ALB, and like it answers 404 where no
 * rule matches, 503 where a service has no target and 502 where the target fails, but always as a problem. Whatever fails costs one request.
 */
export function createGateway(targets: Targets, { logger, limits: given }: GatewayOptions = {}): Server {
  const limits = { ...HTTP_LIMITS, ...given };
  const agent = new Agent({ keepAlive: true });
  const route = routeTo(targets, agent);
  const server = createServer({ requireHostHeader: false });
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const passage = openPassage(request, response, { logger, limits });
    guarded(passage, () => route(passage));
  };
  server.on('request', take);
  // Whether a body is to come at all is the service's to say.
  server.on('checkContinue', take);
  // Uploads may take longer than Node's five minutes; the services have their own limit.
  server.requestTimeout = 0;
  answerClientErrors(server, { logger, lingerMs: limits.lingering.silentMs });
  queuePipelined(server, limits.pipelining);
  limitConnections(server, limits, logger);
  normalizeTargets(server);
  server.on('close', () => agent.destroy());
  return server;
}

function routeTo(targets: Targets, agent: Agent): (passage: Passage) => void {
  const rules = compileListenerRules();
  return (passage) => {
    const { method = 'GET', url = '/' } = passage.request;
    const refusal = refuseHead(passage.request);
    if (refusal) return answerProblem(passage, refusal);
    if (isAsteriskForm(passage.request) || isLastHop(passage.request)) return answerOfServer(passage);
    const service = matchListenerRule(rules, method, url.split('?', 1)[0] ?? '/');
    if (!service) return answerProblem(passage, noService());
    const target = targets[service];
    if (target) forward(passage, { target, agent });
    else answerProblem(passage, unavailable(`The service ${service} is not running.`));
  };
}

function openPassage(
  request: IncomingMessage,
  response: ServerResponse,
  { logger, limits: { lingering } }: { logger: Logger | undefined; limits: HttpLimits },
): Passage {
  const requestId = requestIdOf(request);
  const { method, url } = request;
  const passage: Passage = {
    request,
    response,
    requestId,
    isSending: !expectsContinue(request),
    lingering,
    report: (err, what) => logger?.error({ requestId, method, path: url?.split('?', 1)[0], err }, what),
    fail: (error) => {
      passage.report(error, 'a request failed in the gateway');
      if (response.headersSent) response.destroy();
      else answerProblem(passage, unavailable('The gateway could not pass the request or its answer on.'), 502);
    },
  };
  // Both end with the connection, which whoever is in between sees as `close`; what is said beside it is nobody's business.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return passage;
}

/** A step of one request, which fails for that request alone: an event's listener that throws would end the process. */
function guarded({ fail }: Passage, step: () => void): void {
  try {
    step();
  } catch (error) {
    fail(error as Error);
  }
}

/** Streams a request to a service and its answer back. Either side going away ends the other. */
function forward(passage: Passage, { target, agent }: { target: string; agent: Agent }): void {
  const { request, response } = passage;
  const { method, url: path } = request;
  const upstream = httpRequest(target, { agent, method, path, headers: forwardedHeaders(passage) });
  let reason = new Error('The service ended the connection without an answer that can be passed on.');
  upstream.on('error', (error) => {
    reason = error;
  });
  // With an error, or without one: an answer that nobody can take, a switch of protocols among them, just closes.
  const miss = () => {
    if (response.headersSent || response.destroyed) return;
    passage.report(reason, 'a service did not answer');
    answerProblem(passage, unavailable('The service does not answer.'), 502);
  };
  upstream.once('close', miss);
  upstream.on('continue', () => {
    passage.isSending = true;
    response.writeContinue();
  });
  upstream.on('response', (answered) => {
    upstream.off('close', miss);
    answered.on('error', (error) => {
      // The client may have gone first, and then this is no news.
      if (!response.destroyed) passage.report(error, 'an answer of a service broke off');
      response.destroy();
    });
    guarded(passage, () => passBack(passage, upstream, answered));
  });
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  // Not only with the first byte of a body: whether one comes in time is the service's to see.
  upstream.flushHeaders();
  request.pipe(upstream);
}

function passBack(passage: Passage, upstream: ClientRequest, answered: IncomingMessage): void {
  const { request, response } = passage;
  // Node frames the body anew, by what the client knows: HTTP/1.0 has no chunks.
  const { 'transfer-encoding': _framing, ...headers } = withoutHopByHop(answered.headers);
  const isWhole = !isIncomplete(request);
  try {
    response.writeHead(answered.statusCode ?? 502, { ...headers, ...(!isWhole && { connection: 'close' }) });
    // To HEAD there is no body with which the head would go, and that of the request may take its time.
    if (!isWhole) response.flushHeaders();
  } catch (error) {
    upstream.destroy();
    throw error;
  }
  answered.pipe(response, { end: isWhole });
  if (isWhole) return;
  // Answered before the body was whole: the service wants no more of it, but the client may have to finish before it reads.
  request.unpipe(upstream);
  void finished(answered)
    .catch(() => undefined)
    .then(() => {
      upstream.destroy();
      return endAnswer(passage);
    });
}

function forwardedHeaders({ request, requestId }: Passage): IncomingMessage['headers'] {
  const { 'x-forwarded-for': _claimed, via, ...headers } = withoutHopByHop(request.headers);
  // HTTP/1.0 knows nothing of it, and the service would tell of a body.
  if (!expectsContinue(request)) delete headers.expect;
  // Of a connection that was reset nobody knows any more whose it was.
  const { remoteAddress } = request.socket;
  const passedBy = [via, `${request.httpVersion} gateway`].filter(Boolean).join(', ');
  const hops = hopsLeft(request);
  return {
    ...headers,
    ...(hops !== undefined && { 'max-forwards': String(hops - 1) }),
    via: passedBy,
    'x-request-id': requestId,
    ...(remoteAddress && { 'x-forwarded-for': remoteAddress }),
  };
}

const unavailable = (detail: string): ImageServiceError =>
  new ImageServiceError('service_unavailable', `${detail} Try again.`, { retryAfterSeconds: 1 });

/** How many more may pass on what is asked of the way itself (RFC 9110, 7.6.2); undefined of everything else. TRACE is refused in any case. */
const hopsLeft = ({ method, headers }: IncomingMessage): number | undefined =>
  method === 'OPTIONS' && /^\d{1,9}$/.test(String(headers['max-forwards']))
    ? Number(headers['max-forwards'])
    : undefined;

const isLastHop = (request: IncomingMessage): boolean => hopsLeft(request) === 0;

/** What `OPTIONS *` asks of all that is behind the gateway, and what is to go no further than here. */
function answerOfServer({ response, requestId }: Passage): void {
  response.writeHead(204, { allow: ALL_METHODS.join(', '), 'x-request-id': requestId, ...ANY_ORIGIN_HEADERS }).end();
}

/** A problem of the gateway's own, in place of ALB's HTML: for programs on one machine it says more. It tells nothing that a page may not read. */
function answerProblem(passage: Passage, error: ImageServiceError, status?: 502): void {
  const { method = '' } = passage.request;
  const written = writeProblem(error, passage.requestId, method.toLowerCase());
  const body = status ? JSON.stringify({ ...JSON.parse(written.body), status }) : written.body;
  answer(passage, { status: status ?? written.status, headers: { ...written.headers, ...ANY_ORIGIN_HEADERS }, body });
}

function answer(
  passage: Passage,
  { status, headers, body }: { status: number; headers: Record<string, string>; body: string },
): void {
  const { request, response } = passage;
  const isCut = isIncomplete(request);
  const framing = { 'content-length': Buffer.byteLength(body), ...(isCut && { connection: 'close' }) };
  response.writeHead(status, { ...headers, ...framing }).flushHeaders();
  response.write(body);
  request.unpipe();
  if (isCut) void endAnswer(passage);
  else response.end();
}

async function endAnswer({ request, response, isSending, lingering }: Passage): Promise<void> {
  if (isSending) await closeLingering(request, response, lingering);
  else response.end();
}
