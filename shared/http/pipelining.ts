import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { currentRequest } from '../contracts/api/current-request.ts';
import { idOf } from './request-id.ts';

export interface TurnLimits {
  /** Requests that may wait on one connection for the answers before theirs. */
  waiting: number;
  /** Milliseconds that a connection has left once more than these have come. */
  overflowMs: number;
}

/** Browsers pipeline nothing, and benchmarks ten requests. */
export const TURN_LIMITS: TurnLimits = { waiting: 32, overflowMs: 10_000 };

/** A request, and how whoever listens for requests is given it. */
interface Turn {
  request: IncomingMessage;
  response: ServerResponse;
  begin: () => void;
}

/** The requests of one connection. */
interface Line {
  current?: Turn | undefined;
  waiting: Turn[];
  /** Whether what comes now is not handled any more. */
  isClosed: boolean;
  /** What follows the last answer. */
  afterwards?: () => void;
}

const lines = new WeakMap<Socket, Line>();

/** The request of a connection that is being answered, if any. */
export const currentOf = (socket: Socket): Turn | undefined => lines.get(socket)?.current;

/**
 * Has a server hand over the next request of a connection when the answer before it has been sent: as in nginx and Go, one at a time.
 * Pipelined requests would all be worked on at once otherwise, and each holds what it needs. While some wait nothing more is read. Those
 * beyond the limit are never handled, and their connection is closed behind the answers to the others, as RFC 9112, 9.3.2 has clients
 * expect. To be called when everybody listens who is to.
 */
export function takeTurns(server: Server, limits: TurnLimits = TURN_LIMITS): void {
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

function arrive(turn: Turn, limits: TurnLimits): void {
  const { socket } = turn.request;
  const line = lines.get(socket);
  if (!line) {
    const opened: Line = { waiting: [], isClosed: false };
    lines.set(socket, opened);
    begin(opened, turn);
  } else if (line.isClosed) return;
  else if (!line.current) begin(line, turn);
  else if (line.waiting.length < limits.waiting) {
    if (line.waiting.push(turn) === 1) holdBack(socket);
  } else overflow(line, socket, limits.overflowMs);
}

function begin(line: Line, turn: Turn): void {
  line.current = turn;
  if (asksToUpgrade(turn.request)) {
    line.isClosed = true;
    turn.response.setHeader('connection', 'close');
  }
  turn.response.once('close', () => goOn(line, turn.request.socket));
  currentRequest.run(idOf(turn.request), turn.begin);
}

/**
 * Whether a request asks for another protocol, which nobody here speaks. It is answered as any other, but Node lets go of what had come behind it, and would
 * take what comes then, in the middle of something, for a request. So nothing more of its connection is handled.
 */
const asksToUpgrade = ({ headers: { connection = '', upgrade } }: IncomingMessage): boolean =>
  upgrade !== undefined && /\bupgrade\b/i.test(connection);

function goOn(line: Line, socket: Socket): void {
  line.current = undefined;
  // Of a connection that ends with this answer nothing more is handled (RFC 9112, 9.6), also what has come already.
  if (!socket.writable) {
    line.waiting = [];
    line.isClosed = true;
    return;
  }
  const next = line.waiting.shift();
  if (next) {
    // The body of the last one may still have to be read.
    if (line.waiting.length === 0 && !line.isClosed) letCome(socket);
    begin(line, next);
  } else line.afterwards?.();
}

function overflow(line: Line, socket: Socket, overflowMs: number): void {
  line.isClosed = true;
  line.waiting.at(-1)?.response.setHeader('connection', 'close');
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
export function afterTurns(socket: Socket, act: () => void): void {
  const line = lines.get(socket);
  if (!line?.current?.request.complete) {
    act();
    return;
  }
  if (line.isClosed) return;
  line.isClosed = true;
  // What could be read of it is the beginning of what could not.
  if (line.waiting.at(-1)?.request.complete === false) line.waiting.pop();
  line.afterwards = act;
}
