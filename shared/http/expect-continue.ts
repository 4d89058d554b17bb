import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Requests whose client has been told to send its body. */
const told = new WeakSet<IncomingMessage>();

export const hasSentContinue = (request: IncomingMessage): boolean => told.has(request);

/**
 * Has a server tell clients that expect it to send their bodies when somebody begins to read them: what the head alone decides is refused in
 * place of `100 Continue`. hapi would tell them before anything is validated. To be called once hapi listens to the server.
 */
export function sendContinueOnRead(server: Server): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('checkContinue');
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    request.once('resume', () => {
      // What is read behind an answer is let go by.
      if (response.headersSent) return;
      told.add(request);
      response.writeContinue();
    });
    for (const listen of listeners) listen.call(server, request, response);
  });
}
