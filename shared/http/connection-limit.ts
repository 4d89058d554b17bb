import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HEALTH_PATHS } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { ANY_ORIGIN_HEADERS } from './cors.ts';
import { writeProblem } from './error-responses.ts';
import type { HttpLimits, LingeringLimits } from './http-limits.ts';
import { closeLingering, isIncomplete } from './lingering-close.ts';
import { expectsContinue } from './request-heads.ts';
import { requestIdOf } from './request-id.ts';

/** Seconds after which a refused client may try again. */
const RETRY_AFTER_SECONDS = 1;

/** Milliseconds between two log lines about refused connections. */
const LOG_EVERY_MS = 60_000;

/**
 * Limits the open connections, because a process that has run out of file descriptors closes connections without an answer, and fails other
 * requests too. A new connection beyond the limit takes the place of the one that has been idle for longest. If none is idle, its requests get 503
 * before anything is opened for them, and it is closed. Call this after all listeners of the server are added, which refused requests do not reach.
 */
export function limitConnections(
  server: Server,
  { connections: { served, refused }, lingering }: Pick<HttpLimits, 'connections' | 'lingering'>,
  logger?: Logger,
): void {
  server.maxConnections = served + refused;
  const beyond = new WeakSet<Socket>();
  const idle = new IdleConnections(lingering.silentMs);
  let open = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  const log = () => {
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    logger?.warn({ connections: served }, 'connections are refused: as many are open as there may be');
  };
  server.on('connection', (socket: Socket) => {
    open += 1;
    idle.add(socket);
    socket.once('close', () => {
      open -= 1;
      idle.delete(socket);
    });
    if (open <= served || idle.closeOldest()) return;
    beyond.add(socket);
    // A silent client would hold a place that is needed to refuse others.
    socket.setTimeout(lingering.silentMs, () => socket.destroy());
    log();
  });
  server.on('drop', log);
  for (const event of ['request', 'checkContinue']) {
    const listeners = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      idle.holdFor(request.socket, response);
      // Liveness is always answered: it costs nothing, and the task would be stopped otherwise.
      const isRefused = beyond.has(request.socket) && request.url !== HEALTH_PATHS.liveness;
      if (isRefused) refuse(request, response, lingering);
      else for (const listen of listeners) listen.call(server, request, response);
    });
  }
}

/** Connections without a request in progress, the one that has been idle for longest first. */
class IdleConnections {
  readonly #since = new Map<Socket, number>();
  /** The number of requests in progress; pipelined requests overlap. */
  readonly #requests = new WeakMap<Socket, number>();
  readonly #silentMs: number;

  /** A connection is not closed before it has been idle for `silentMs`. */
  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  add(socket: Socket): void {
    this.#since.set(socket, performance.now());
  }

  delete(socket: Socket): void {
    this.#since.delete(socket);
  }

  /** Removes a connection until the response is finished. */
  holdFor(socket: Socket, response: ServerResponse): void {
    const count = (by: number) => {
      const requests = (this.#requests.get(socket) ?? 0) + by;
      this.#requests.set(socket, requests);
      return requests;
    };
    this.delete(socket);
    count(1);
    response.once('close', () => {
      if (count(-1) === 0 && !socket.destroyed) this.add(socket);
    });
  }

  /** Closes the connection that has been idle for longest, and returns whether there was one. */
  closeOldest(): boolean {
    const [oldest] = this.#since;
    if (!oldest || performance.now() - oldest[1] < this.#silentMs) return false;
    oldest[0].destroy();
    return true;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, lingering: LingeringLimits): void {
  const error = new ImageServiceError(
    'service_unavailable',
    'More clients are connected than there is room for. Try again.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
  const { status, headers, body } = writeProblem(error, requestIdOf(request), request.method?.toLowerCase());
  const framing = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  response.writeHead(status, { ...headers, ...ANY_ORIGIN_HEADERS, ...framing }).flushHeaders();
  response.write(body);
  if (isIncomplete(request) && !expectsContinue(request)) {
    void closeLingering(request, response, lingering);
  } else response.end();
}
