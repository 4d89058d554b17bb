import { randomUUID } from 'node:crypto';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { KEEP_ALIVE_SECONDS } from '../contracts/services.ts';
import { type ErrorCode, ImageServiceError } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { writeProblem } from './problem.ts';

const KEEP_ALIVE_MS = KEEP_ALIVE_SECONDS * 1000;

/** Milliseconds that a client may go on sending what is refused already. */
export const LINGER_MS = 60_000;

/** How late a timeout may be noticed. Node's own 30 s would double short ones. */
const TIMEOUT_CHECK_MS = 5_000;

/** Node's HTTP server with our timeouts. */
export function openListener(requestTimeoutSeconds: number): Server {
  const requestTimeout = requestTimeoutSeconds * 1000;
  return createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(KEEP_ALIVE_MS, requestTimeout),
    requestTimeout,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeout),
  });
}

/** What Node's parser and timers refuse, by their code; anything else is `malformed_request`. */
const REFUSALS: Record<string, [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'Request line and headers together may have 16 KiB.'],
  HPE_INVALID_EOF_STATE: ['incomplete_body', 'The connection ended before the body was complete. Send it again.'],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request_timeout',
    'The request took too long to arrive. Send it again, or over a faster line.',
  ],
};

/** Answers what never becomes a request, or stops being one, as a problem too, and closes the connection. In place of Node's and hapi's bare 400. */
export function answerClientErrors(listener: Server, logger?: Logger): void {
  listener.removeAllListeners('clientError');
  listener.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [code, detail] = REFUSALS[error.code ?? ''] ?? [
      'malformed_request',
      `The request cannot be read: ${error.message}.`,
    ];
    const { status, headers, body } = writeProblem(new ImageServiceError(code, detail), randomUUID());
    const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    logger?.info(
      { code, status, remoteAddress: socket.remoteAddress, requestId: headers['x-request-id'] },
      'client error',
    );
    socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'), () => socket.destroy());
  });
}
