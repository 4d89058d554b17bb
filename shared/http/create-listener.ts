import { createServer, type Server } from 'node:http';
import { KEEP_ALIVE_SECONDS } from '../contracts/services.ts';

const KEEP_ALIVE_MS = KEEP_ALIVE_SECONDS * 1000;

/** How often Node checks its timeouts. Its own 30 s would double short timeouts. */
const TIMEOUT_CHECK_MS = 5_000;

/** Node's HTTP server with our timeouts. A missing Host header is refused in request-heads.ts, together with other faults. */
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
