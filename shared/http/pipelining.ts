import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { currentRequest } from '../contracts/api/current-request.ts';
import { HTTP_LIMITS, type PipeliningLimits } from './http-limits.ts';
import { requestIdOf } from './request-id.ts';

/** A request with its response. `begin` passes both to the server's listeners. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  begin: () => void;
}

/** The pipelined requests of one connection. */
interface ConnectionQueue {
  current?: Exchange | undefined;
  waiting: Exchange[];
  /** Whether further requests are ignored. */
  isClosed: boolean;
  /** Called after the last response. */
  afterwards?: () => void;
}

const queues = new WeakMap<Socket, ConnectionQueue>();

/** The request of a connection that is being answered, if there is one. */
export const currentExchange = (socket: Socket): Exchange | undefined => queues.get(socket)?.current;

/**
 * Handles the pipelined requests of a connection one at a time, as nginx and Go do: each when the response before it has been sent. Otherwise Node
 * would begin all of them at once, and each would hold its resources. Nothing more is read while requests wait. Requests beyond the limit are never
 * handled, and the connection is closed after the other responses, which RFC 9112, 9.3.2 tells clients to expect. Call this after all listeners are added.
 */
export function queuePipelined(server: Server, limits: PipeliningLimits = HTTP_LIMITS.pipelining): void {
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
  // An unknown Expect is refused like other wrong heads; Node would send a bare answer.
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
    if (queue.waiting.push(exchange) === 1) pauseReading(socket);
  } else overflow(queue, socket, limits.overflowMs);
}

function begin(queue: ConnectionQueue, exchange: Exchange): void {
  queue.current = exchange;
  if (asksToUpgrade(exchange.request)) {
    queue.isClosed = true;
    exchange.response.setHeader('connection', 'close');
  }
  exchange.response.once('close', () => handleNext(queue, exchange.request.socket));
  currentRequest.run(requestIdOf(exchange.request), exchange.begin);
}

/**
 * Whether a request asks for another protocol, of which there is none here. It is answered like any other. But Node drops the bytes that had arrived
 * after it, and would parse the next ones as a request, although they may be the middle of one. So nothing more of the connection is handled.
 */
const asksToUpgrade = ({ headers: { connection = '', upgrade } }: IncomingMessage): boolean =>
  upgrade !== undefined && /\bupgrade\b/i.test(connection);

function handleNext(queue: ConnectionQueue, socket: Socket): void {
  queue.current = undefined;
  // After the last response of a connection nothing more is handled (RFC 9112, 9.6), not even requests that have arrived.
  if (!socket.writable) {
    queue.waiting = [];
    queue.isClosed = true;
    return;
  }
  const next = queue.waiting.shift();
  if (next) {
    // The body of the last request may not have been read yet.
    if (queue.waiting.length === 0 && !queue.isClosed) resumeReading(socket);
    begin(queue, next);
  } else queue.afterwards?.();
}

function overflow(queue: ConnectionQueue, socket: Socket, overflowMs: number): void {
  queue.isClosed = true;
  queue.waiting.at(-1)?.response.setHeader('connection', 'close');
  const timer = setTimeout(() => socket.destroy(), overflowMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Node resumes a connection whenever a request is read or finished. */
const pauseAgain = function (this: Socket): void {
  this.pause();
};

function pauseReading(socket: Socket): void {
  socket.on('resume', pauseAgain);
  socket.pause();
}

function resumeReading(socket: Socket): void {
  socket.off('resume', pauseAgain);
  socket.resume();
}

/**
 * Acts on a connection whose input cannot be parsed any further: at once if the current request is affected, otherwise after the responses to
 * the requests before.
 */
export function afterPipelined(socket: Socket, act: () => void): void {
  const queue = queues.get(socket);
  if (!queue?.current?.request.complete) {
    act();
    return;
  }
  if (queue.isClosed) return;
  queue.isClosed = true;
  // An incomplete last request is the beginning of the input that could not be parsed.
  if (queue.waiting.at(-1)?.request.complete === false) queue.waiting.pop();
  queue.afterwards = act;
}
