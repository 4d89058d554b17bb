import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Requests that have been answered with `100 Continue`. */
const continued = new WeakSet<IncomingMessage>();

export const hasSentContinue = (request: IncomingMessage): boolean => continued.has(request);

/**
 * Makes a server send `100 Continue` only when the body begins to be read, so that a request which its head alone decides is refused instead. hapi
 * would send it before anything is validated. Call this after hapi has added its listeners to the server.
 */
export function sendContinueOnRead(server: Server): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('checkContinue');
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    request.once('resume', () => {
      // A body that is read after the response is only drained.
      if (response.headersSent) return;
      continued.add(request);
      response.writeContinue();
    });
    for (const listen of listeners) listen.call(server, request, response);
  });
}
