import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { Logger } from '../runtime/logger.ts';
import type { ClientAddress } from './client-address.ts';
import { refuseHead } from './request-heads.ts';
import { requestIdOf } from './request-id.ts';

/** A response without a body, and the operation under which it is logged. */
export interface FastAnswer {
  operation: string;
  status: number;
  headers: OutgoingHttpHeaders;
}

/** Returns the response to some requests from their head alone; undefined for all others, which hapi answers. */
export type FastPath = (request: {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}) => FastAnswer | undefined;

/** Answers requests before hapi where possible, at a third of its cost. Call this after hapi has added its listeners. */
export function addFastPath(
  listener: Server,
  fastPath: FastPath,
  { logger, clientAddress }: { logger: Logger; clientAddress: ClientAddress },
): void {
  const hapiListeners = listener.listeners('request');
  listener.removeAllListeners('request');
  listener.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    const answer = fastPath({ method, url, headers });
    // A wrong head is refused by the usual listeners.
    if (!answer || refuseHead(request)) {
      for (const listen of hapiListeners) listen.call(listener, request, response);
      return;
    }
    const { operation, status } = answer;
    const requestId = requestIdOf(request);
    const path = url.split('?', 1)[0];
    const remoteAddress = clientAddress(request);
    response.writeHead(status, { ...answer.headers, 'x-request-id': requestId }).end();
    logger.info({ requestId, operation, method, path, status, durationMs: 0, remoteAddress }, 'request');
  });
}
