import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HEALTH_PATHS } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { ANY_ORIGIN_HEADERS } from './cors.ts';
import type { HttpLimits } from './http-limits.ts';
import { closeLingering, isIncomplete, type LingeringLimits } from './lingering.ts';
import { writeProblem } from './problem.ts';
import { expectsContinue } from './request-heads.ts';
import { requestIdOf } from './request-id.ts';

/** Seconds after which a client that found no room may ask again. */
const RETRY_AFTER_SECONDS = 1;

/** Milliseconds between two lines of the log that say so. */
const LOG_EVERY_MS = 60_000;

/**
 * Answers requests of more connections than there are files for with 503, before anything is opened for them, and closes these. Without
 * it a process that may open no more files closes connections without a word, in the middle of what others do. Where there is no room, the
 * connection on which nobody has asked anything for longest gives its place away. To be called when everybody listens who is to be spared such requests.
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
    // Whoever says nothing holds a place that others are refused from.
    socket.setTimeout(lingering.silentMs, () => socket.destroy());
    log();
  });
  server.on('drop', log);
  for (const event of ['request', 'checkContinue']) {
    const listeners = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      idle.holdFor(request.socket, response);
      // Whether it lives is asked by who would end it otherwise, and costs nothing.
      const isRefused = beyond.has(request.socket) && request.url !== HEALTH_PATHS.liveness;
      if (isRefused) refuse(request, response, lingering);
      else for (const listen of listeners) listen.call(server, request, response);
    });
  }
}

/** Connections on which nothing is asked, the one that has been so longest first. */
class IdleConnections {
  readonly #since = new Map<Socket, number>();
  /** Requests under way; pipelined ones overlap. */
  readonly #requests = new WeakMap<Socket, number>();
  readonly #silentMs: number;

  /** They are left alone for so many milliseconds. */
  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  add(socket: Socket): void {
    this.#since.set(socket, performance.now());
  }

  delete(socket: Socket): void {
    this.#since.delete(socket);
  }

  /** Takes a connection out until it has had its answer. */
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

  /** Answers whether there was one that may be closed. */
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
