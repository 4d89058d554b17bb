import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { currentRequest } from '../contracts/api/current-request.ts';
import { requestIdOf } from './request-id.ts';

export interface PipeliningLimits {
  /** Requests that may wait on one connection for the answers before theirs. */
  waiting: number;
  /** Milliseconds that a connection has left once more than these have come. */
  overflowMs: number;
}

/** Browsers queue nothing, and benchmarks ten requests. */
export const PIPELINING_LIMITS: PipeliningLimits = { waiting: 32, overflowMs: 10_000 };

/** A request, and how whoever listens for requests is given it. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  begin: () => void;
}

/** The requests of one connection. */
interface ConnectionQueue {
  current?: Exchange | undefined;
  waiting: Exchange[];
  /** Whether what comes now is not handled any more. */
  isClosed: boolean;
  /** What follows the last answer. */
  afterwards?: () => void;
}

const queues = new WeakMap<Socket, ConnectionQueue>();

/** The request of a connection that is being answered, if any. */
export const currentExchange = (socket: Socket): Exchange | undefined => queues.get(socket)?.current;

/**
 * Has a server hand over the next request of a connection when the answer before it has been sent: as in nginx and Go, one at a time.
 * Pipelined requests would all be worked on at once otherwise, and each holds what it needs. While some wait nothing more is read. Those
 * beyond the limit are never handled, and their connection is closed behind the answers to the others, as RFC 9112, 9.3.2 has clients
 * expect. To be called when everybody listens who is to.
 */
export function queuePipelined(server: Server, limits: PipeliningLimits = PIPELINING_LIMITS): void {
  for (const event of ['request', 'checkContinue']) {
    const listeners = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      const begin = () => {
        for (const listen of listeners) listen.call(server, request, response);
      };
      arrive({ request, response, begin }, limits);
    });
  }
  // An Expect that is unknown is refused where everything is; Node would answer without a word.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function arrive(exchange: Exchange, limits: PipeliningLimits): void {
  const { socket } = exchange.request;
  const queue = queues.get(socket);
  if (!queue) {
    const opened: ConnectionQueue = { waiting: [], isClosed: false };
    queues.set(socket, opened);
    begin(opened, exchange);
  } else if (queue.isClosed) return;
  else if (!queue.current) begin(queue, exchange);
  else if (queue.waiting.length < limits.waiting) {
    if (queue.waiting.push(exchange) === 1) holdBack(socket);
  } else overflow(queue, socket, limits.overflowMs);
}

function begin(queue: ConnectionQueue, exchange: Exchange): void {
  queue.current = exchange;
  if (asksToUpgrade(exchange.request)) {
    queue.isClosed = true;
    exchange.response.setHeader('connection', 'close');
  }
  exchange.response.once('close', () => goOn(queue, exchange.request.socket));
  currentRequest.run(requestIdOf(exchange.request), exchange.begin);
}

/**
 * Whether a request asks for another protocol, which nobody here speaks. It is answered as any other, but Node lets go of what had come behind it, and would
 * take what comes then, in the middle of something, for a request. So nothing more of its connection is handled.
 */
const asksToUpgrade = ({ headers: { connection = '', upgrade } }: IncomingMessage): boolean =>
  upgrade !== undefined && /\bupgrade\b/i.test(connection);

function goOn(queue: ConnectionQueue, socket: Socket): void {
  queue.current = undefined;
  // Of a connection that ends with this answer nothing more is handled (RFC 9112, 9.6), also what has come already.
  if (!socket.writable) {
    queue.waiting = [];
    queue.isClosed = true;
    return;
  }
  const next = queue.waiting.shift();
  if (next) {
    // The body of the last one may still have to be read.
    if (queue.waiting.length === 0 && !queue.isClosed) letCome(socket);
    begin(queue, next);
  } else queue.afterwards?.();
}

function overflow(queue: ConnectionQueue, socket: Socket, overflowMs: number): void {
  queue.isClosed = true;
  queue.waiting.at(-1)?.response.setHeader('connection', 'close');
  const timer = setTimeout(() => socket.destroy(), overflowMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Node resumes a connection whenever a request is read or done with. */
const pauseAgain = function (this: Socket): void {
  this.pause();
};

function holdBack(socket: Socket): void {
  socket.on('resume', pauseAgain);
  socket.pause();
}

function letCome(socket: Socket): void {
  socket.off('resume', pauseAgain);
  socket.resume();
}

/**
 * Does something to a connection whose bytes cannot be read on: at once if that is about the request that is being answered, else behind
 * the answers to those that came before.
 */
export function afterPipelined(socket: Socket, act: () => void): void {
  const queue = queues.get(socket);
  if (!queue?.current?.request.complete) {
    act();
    return;
  }
  if (queue.isClosed) return;
  queue.isClosed = true;
  // What could be read of it is the beginning of what could not.
  if (queue.waiting.at(-1)?.request.complete === false) queue.waiting.pop();
  queue.afterwards = act;
}
