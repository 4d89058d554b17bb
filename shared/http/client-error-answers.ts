import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ALL_METHODS } from '../contracts/api/routes.ts';
import { type ErrorCode, ImageServiceError, INCOMPLETE_BODY } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ClientAddress } from './client-address.ts';
import { ANY_ORIGIN_HEADERS } from './cors.ts';
import { writeProblem } from './error-responses.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { isLingering } from './lingering-close.ts';
import { afterPipelined, currentExchange } from './pipelining.ts';
import { methodNotImplemented, versionNotSupported } from './request-heads.ts';
import { requestIdOf } from './request-id.ts';

/** The code of the error with which a body timeout ends a connection. */
export const BODY_STALLED = 'BODY_STALLED';

/** An error of Node's parser, with the bytes that it was reading and how far it got. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/** A whole request line, and the beginning of one. */
const REQUEST_LINE = /^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/\d\.\d\r?$/;
const REQUEST_LINE_START = /^[!#$%&'*+.^_`|~\w-]+(?: |$)/;

/** Whether the parser stopped at an unknown method of an otherwise valid request line. */
function isUnknownMethod({ code, rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (code !== 'HPE_INVALID_METHOD' || !rawPacket) return false;
  const start = rawPacket.subarray(0, bytesParsed).lastIndexOf('\n') + 1;
  const [line = '', ...others] = rawPacket.toString('latin1', start).split('\n', 2);
  return others.length > 0 ? REQUEST_LINE.test(line) : REQUEST_LINE_START.test(line);
}

/** The parser's errors for unknown versions, and for the beginning of HTTP/2. */
const OTHER_VERSIONS: (string | undefined)[] = ['HPE_INVALID_VERSION', 'HPE_PAUSED_H2_UPGRADE'];

function parserRefusal(error: ParserError): ImageServiceError {
  if (OTHER_VERSIONS.includes(error.code)) return versionNotSupported();
  if (isUnknownMethod(error)) return methodNotImplemented();
  const unreadable = ['malformed_request', `The request cannot be read: ${error.message}.`] as const;
  return new ImageServiceError(...(REFUSALS[error.code ?? ''] ?? unreadable));
}

/** The answers to errors of the parser and the timeouts, by code. Any other is `malformed_request`. */
const REFUSALS: Record<string, readonly [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'Request line and headers together may have 16 KiB.'],
  HPE_INVALID_EOF_STATE: INCOMPLETE_BODY,
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request_timeout',
    'The request took too long to arrive. Send it again, or over a faster line.',
  ],
  [BODY_STALLED]: ['request_timeout', 'The body stopped arriving for too long. Send all of it again.'],
};

export interface ClientErrorOptions {
  logger?: Logger | undefined;
  /** Whose request it is, where its head was read; otherwise, and without this, the address of the connection is logged. */
  clientAddress?: ClientAddress;
  /** Milliseconds for which a client may keep sending after the last response of its connection. */
  lingerMs?: number;
}

/** Connections that have had their last response: their input is read and discarded. */
const refused = new WeakSet<Socket>();

/** Answers input that is not a valid request with a problem and closes the connection, instead of the bare 400 of Node and hapi. */
export function answerClientErrors(listener: Server, options: ClientErrorOptions = {}): void {
  listener.removeAllListeners('clientError');
  listener.on('clientError', (error: ParserError, socket: Socket) => {
    if (refused.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    afterPipelined(socket, () => refuseConnection(socket, parserRefusal(error), options));
  });
  // Node hands over the connection of a CONNECT, and closes it without an answer if nobody listens.
  listener.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const error = new ImageServiceError('method_not_allowed', 'This is not a proxy, so CONNECT is not supported.', {
      allow: ALL_METHODS,
    });
    afterPipelined(socket, () => refuseConnection(socket, error, options));
  });
}

/** Writes a problem directly to the socket as its last response. A connection in the middle of another response is only closed. */
function refuseConnection(
  socket: Socket,
  error: ImageServiceError,
  { logger, clientAddress, lingerMs = HTTP_LIMITS.lingering.silentMs }: ClientErrorOptions,
): void {
  const { request, response } = currentExchange(socket) ?? {};
  // This request has its response already, and its connection is closing.
  if (response && isLingering(response)) return;
  if (!socket.writable || response?.headersSent) {
    socket.destroy();
    return;
  }
  const requestId = requestIdOf(request);
  const { status, headers, body } = writeProblem(error, requestId);
  const own = { date: new Date().toUTCString(), 'content-length': Buffer.byteLength(body), connection: 'close' };
  const all = { ...headers, ...ANY_ORIGIN_HEADERS, ...own };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const remoteAddress = (request && clientAddress?.(request)) ?? socket.remoteAddress;
  logger?.info({ code: error.code, status, remoteAddress, requestId }, 'client error');
  refused.add(socket);
  socket.end(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', request?.method === 'HEAD' ? '' : body].join('\r\n'),
  );
  // A client that is still sending would get a reset instead of the response if the connection was closed at once.
  const over = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(over)).resume();
}
