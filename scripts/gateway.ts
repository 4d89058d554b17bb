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
import { UNKNOWN_ADDRESS } from '../shared/http/client-address.ts';
import { answerClientErrors } from '../shared/http/client-error-answers.ts';
import { limitConnections } from '../shared/http/connection-limit.ts';
import { ANY_ORIGIN_HEADERS } from '../shared/http/cors.ts';
import { withoutCredentials } from '../shared/http/credentials-in-text.ts';
import { writeProblem } from '../shared/http/error-responses.ts';
import { withoutHopByHop } from '../shared/http/hop-by-hop.ts';
import { HTTP_LIMITS, type HttpLimits } from '../shared/http/http-limits.ts';
import { closeLingering, isIncomplete } from '../shared/http/lingering-close.ts';
import { queuePipelined } from '../shared/http/pipelining.ts';
import { expectsContinue, refuseHead } from '../shared/http/request-heads.ts';
import { requestIdOf } from '../shared/http/request-id.ts';
import { isAsteriskForm, normalizeTargets } from '../shared/http/request-targets.ts';
import type { Logger } from '../shared/runtime/logger.ts';

/** Where each service listens: `http://127.0.0.1:PORT`. */
export type Targets = Partial<Record<ServiceName, string>>;

export interface GatewayOptions {
  /** Gets the requests that fail in the gateway. Without a logger they are not reported. */
  logger?: Logger | undefined;
  limits?: Partial<HttpLimits> | undefined;
}

/** One request on its way through the gateway, with its response and what to do when a step fails. */
interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Whether the client is sending its body. False while it waits for 100 Continue. */
  isSending: boolean;
  lingering: HttpLimits['lingering'];
  /** Logs why the request failed. */
  report: (reason: Error, what: string) => void;
  fail: (error: Error) => void;
}

/**
 * Stands in for the load balancer on one machine. It routes by the rules that are compiled for the ALB. Like the ALB it answers 404 where
 * no rule matches, 503 where a service has no target and 502 where the target fails, but always with a problem document. A failure costs
 * one request only.
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
  // The service decides whether the client shall send its body.
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
  const { method, url = '' } = request;
  const passage: Passage = {
    request,
    response,
    requestId,
    isSending: !expectsContinue(request),
    lingering,
    report: (err, what) =>
      logger?.error({ requestId, method, path: withoutCredentials(url.split('?', 1)[0] ?? ''), err }, what),
    fail: (error) => {
      passage.report(error, 'a request failed in the gateway');
      if (response.headersSent) response.destroy();
      else answerProblem(passage, unavailable('The gateway could not pass the request or its answer on.'), 502);
    },
  };
  // Both streams end with the connection, and the code that uses them listens to `close`. The errors themselves say nothing more.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return passage;
}

/** Runs a step of a request so that an error fails only this request. An event listener that throws would end the process. */
function guarded({ fail }: Passage, step: () => void): void {
  try {
    step();
  } catch (error) {
    fail(error as Error);
  }
}

/** Streams a request to a service and its answer back. If either side goes away, the other is ended. */
function forward(passage: Passage, { target, agent }: { target: string; agent: Agent }): void {
  const { request, response } = passage;
  const { method, url: path } = request;
  const upstream = httpRequest(target, { agent, method, path, headers: forwardedHeaders(passage) });
  let reason = new Error('The service ended the connection without an answer that can be passed on.');
  upstream.on('error', (error) => {
    reason = error;
  });
  // `close` comes with an error or without one: an answer that cannot be parsed, or a switch of protocols, just closes the connection.
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
      // If the client has gone first, this is expected and not logged.
      if (!response.destroyed) passage.report(error, 'an answer of a service broke off');
      response.destroy();
    });
    guarded(passage, () => passBack(passage, upstream, answered));
  });
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  // The head must not wait for the first byte of the body: the service checks whether the body comes in time.
  upstream.flushHeaders();
  request.pipe(upstream);
}

function passBack(passage: Passage, upstream: ClientRequest, answered: IncomingMessage): void {
  const { request, response } = passage;
  // Node frames the body again for the client's version of HTTP: HTTP/1.0 has no chunks.
  const { 'transfer-encoding': _framing, ...headers } = withoutHopByHop(answered.headers);
  const isWhole = !isIncomplete(request);
  try {
    response.writeHead(answered.statusCode ?? 502, { ...headers, ...(!isWhole && { connection: 'close' }) });
    // The answer to HEAD has no body that would send the head along, and the body of the request may take long.
    if (!isWhole) response.flushHeaders();
  } catch (error) {
    upstream.destroy();
    throw error;
  }
  answered.pipe(response, { end: isWhole });
  if (isWhole) return;
  // The service has answered before it had the whole body and wants no more of it, but the client may have to finish sending before it
  // reads.
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
  // HTTP/1.0 does not have `Expect`, and the service would send 100 Continue.
  if (!expectsContinue(request)) delete headers.expect;
  // A connection that was reset has no remote address any more. Without one the service would take the gateway's.
  const { remoteAddress = UNKNOWN_ADDRESS } = request.socket;
  const passedBy = [via, `${request.httpVersion} gateway`].filter(Boolean).join(', ');
  const hops = hopsLeft(request);
  return {
    ...headers,
    ...(hops !== undefined && { 'max-forwards': String(hops - 1) }),
    via: passedBy,
    'x-request-id': requestId,
    'x-forwarded-for': remoteAddress,
  };
}

const unavailable = (detail: string): ImageServiceError =>
  new ImageServiceError('service_unavailable', `${detail} Try again.`, { retryAfterSeconds: 1 });

/** The value of `Max-Forwards` of an OPTIONS request (RFC 9110, 7.6.2); undefined for other requests. TRACE is always refused. */
const hopsLeft = ({ method, headers }: IncomingMessage): number | undefined =>
  method === 'OPTIONS' && /^\d{1,9}$/.test(String(headers['max-forwards']))
    ? Number(headers['max-forwards'])
    : undefined;

const isLastHop = (request: IncomingMessage): boolean => hopsLeft(request) === 0;

/** Answers `OPTIONS *`, which asks about the server as a whole, and OPTIONS requests for which this is the last hop. */
function answerOfServer({ response, requestId }: Passage): void {
  response.writeHead(204, { allow: ALL_METHODS.join(', '), 'x-request-id': requestId, ...ANY_ORIGIN_HEADERS }).end();
}

/**
 * Answers with a problem document where the ALB has HTML, because it tells programs more. Any web page may read it, so it says nothing
 * private.
 */
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
