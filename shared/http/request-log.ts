import type { Request, Server } from '@hapi/hapi';
import { HEALTH_PATHS, METRICS_PATH } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ClientAddress } from './client-address.ts';
import { withoutCredentials } from './credentials-in-text.ts';
import { toServiceError } from './error-responses.ts';
import { requestId } from './request-id.ts';

/** The error of each request for its log line, because hapi's response has only the parts that the client may see. */
const errors = new WeakMap<Request, Error>();

export const noteError = (request: Request, error: Error): void => void errors.set(request, error);

/** Paths that load balancers and Prometheus request every few seconds. */
const PROBES = new Set<string>([...Object.values(HEALTH_PATHS), METRICS_PATH]);

/** Logs one line for each request when it has ended, with a response or without. */
export function logRequests(server: Server, logger: Logger, clientAddress: ClientAddress): void {
  server.events.on('response', (request) => {
    const { info, method, path, route, raw } = request;
    const error = errors.get(request);
    const { statusCode: status, writableFinished, headersSent } = raw.res;
    const line = {
      requestId: requestId(request),
      operation: (route.settings.app as { operation?: string } | undefined)?.operation,
      method: method.toUpperCase(),
      path: withoutCredentials(path),
      ...(headersSent && { status }),
      durationMs: (info.completed || Date.now()) - info.received,
      remoteAddress: clientAddress(raw.req) ?? info.remoteAddress,
      ...(!writableFinished && { disconnected: true }),
      ...(error && describe(error)),
    };
    if (headersSent && status >= 500) logger.error(line, 'request');
    else logger[PROBES.has(path) ? 'debug' : 'info'](line, 'request');
  });
}

/** Only our own failures are logged with stack and causes; for a client's mistake its message is enough, with what the client was not to know, such as that a record is damaged. */
function describe(error: Error): object {
  const { code, message, cause } = toServiceError(error);
  const isOurs = code === 'internal_error' || code === 'service_unavailable';
  // pino writes message, stack and causes of the property `err`.
  return isOurs
    ? { code, err: error }
    : {
        code,
        error: withoutCredentials(message),
        ...(cause instanceof ImageServiceError && { cause: withoutCredentials(cause.message) }),
      };
}
