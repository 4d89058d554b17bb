import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ALL_METHODS } from '../contracts/api/routes.ts';
import { KEEP_ALIVE_SECONDS } from '../contracts/services.ts';
import { type ErrorCode, ImageServiceError, INCOMPLETE_BODY } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { ANY_ORIGIN_HEADERS } from './cors.ts';
import { isLingering, LINGERING_LIMITS } from './lingering.ts';
import { afterPipelined, currentExchange } from './pipelining.ts';
import { writeProblem } from './problem.ts';
import { methodNotImplemented, versionNotSupported } from './request-heads.ts';
import { requestIdOf } from './request-id.ts';

const KEEP_ALIVE_MS = KEEP_ALIVE_SECONDS * 1000;

/** How late a timeout may be noticed. Node's own 30 s would double short ones. */
const TIMEOUT_CHECK_MS = 5_000;

/** Node's HTTP server with our timeouts. Heads that are wrong are refused where all requests are, see request-heads.ts. */
export function createListener(requestTimeoutSeconds: number): Server {
  const requestTimeout = requestTimeoutSeconds * 1000;
  return createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(KEEP_ALIVE_MS, requestTimeout),
    requestTimeout,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeout),
    requireHostHeader: false,
  });
}

/** Of the error that the clock of a body ends its connection with. */
export const BODY_STALLED = 'BODY_STALLED';

/** An error of Node's parser, with what it was reading and how far it came. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/** A request line, and one of which the end has not come yet. */
const REQUEST_LINE = /^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/\d\.\d\r?$/;
const BEGINNING = /^[!#$%&'*+.^_`|~\w-]+(?: |$)/;

/** Whether the parser stopped at a method that it does not know, and not at what is no request. */
function isUnknownMethod({ code, rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (code !== 'HPE_INVALID_METHOD' || !rawPacket) return false;
  const start = rawPacket.subarray(0, bytesParsed).lastIndexOf('\n') + 1;
  const [line = '', ...others] = rawPacket.toString('latin1', start).split('\n', 2);
  return others.length > 0 ? REQUEST_LINE.test(line) : BEGINNING.test(line);
}

/** Versions that the parser does not know, and the beginning of HTTP/2. */
const OTHER_VERSIONS: (string | undefined)[] = ['HPE_INVALID_VERSION', 'HPE_PAUSED_H2_UPGRADE'];

function parserRefusal(error: ParserError): ImageServiceError {
  if (OTHER_VERSIONS.includes(error.code)) return versionNotSupported();
  if (isUnknownMethod(error)) return methodNotImplemented();
  const unreadable = ['malformed_request', `The request cannot be read: ${error.message}.`] as const;
  return new ImageServiceError(...(REFUSALS[error.code ?? ''] ?? unreadable));
}

/** What the parser and the clocks refuse, by their code; anything else is `malformed_request`. */
const REFUSALS: Record<string, readonly [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'Request line and headers together may have 16 KiB.'],
  HPE_INVALID_EOF_STATE: INCOMPLETE_BODY,
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request_timeout',
    'The request took too long to arrive. Send it again, or over a faster line.',
  ],
  [BODY_STALLED]: ['request_timeout', 'For too long nothing more came of the body. Send it again, all of it.'],
};

export interface ClientErrorOptions {
  logger?: Logger | undefined;
  /** Milliseconds that a client may go on sending behind an answer that ends its connection. */
  lingerMs?: number;
}

/** Connections that have had their last answer: what still comes on them is read, and is nothing. */
const refused = new WeakSet<Socket>();

/** Answers what never becomes a request, or stops being one, as a problem too, and closes the connection. In place of Node's and hapi's bare 400. */
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
  // Node has let go of the connection then, and closes it without an answer where nobody listens.
  listener.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const error = new ImageServiceError('method_not_allowed', 'This is no proxy: CONNECT leads nowhere.', {
      allow: ALL_METHODS,
    });
    afterPipelined(socket, () => refuseConnection(socket, error, options));
  });
}

/** Writes a problem past Node, as the last thing on a connection; in the middle of another answer only the end of the connection says anything. */
function refuseConnection(
  socket: Socket,
  error: ImageServiceError,
  { logger, lingerMs = LINGERING_LIMITS.silentMs }: ClientErrorOptions,
): void {
  const { request, response } = currentExchange(socket) ?? {};
  // It has its answer, and its connection ends.
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
  const { remoteAddress } = socket;
  logger?.info({ code: error.code, status, remoteAddress, requestId }, 'client error');
  refused.add(socket);
  socket.end(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', request?.method === 'HEAD' ? '' : body].join('\r\n'),
  );
  // A connection that is closed on a client which still sends brings it a reset in place of the answer.
  const over = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(over)).resume();
}
