import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Lifecycle } from '@hapi/hapi';
import { BODY_STALLED } from './client-error-answers.ts';
import type { HttpLimits } from './http-limits.ts';
import { expectsContinue } from './request-heads.ts';

/** How often a body is checked within its timeout. A stalled body is noticed one interval late at most. */
const CHECKS = 8;

/** Starts the timeout of a request's body: now, or when the client is told to send the body. */
export const startBodyTimeout =
  (listener: HttpServer, { stalledMs }: HttpLimits): Lifecycle.Method =>
  ({ raw }, h) => {
    const { req } = raw;
    const start = () =>
      watchBodyTimeout(raw, stalledMs, () => {
        const error = Object.assign(new Error('The body has stalled.'), { code: BODY_STALLED });
        listener.emit('clientError', error, req.socket);
      });
    if (expectsContinue(req)) req.once('resume', start);
    else start();
    return h.continue;
  };

/**
 * Calls `stalled` when no bytes of a body have arrived for `stalledMs`. A body that waits for us, because its bytes are not read yet, has not
 * stalled. Watching ends with the body, or with the response.
 */
function watchBodyTimeout(
  { req, res }: { req: IncomingMessage; res: ServerResponse },
  stalledMs: number,
  stalled: () => void,
): void {
  if (req.complete) return;
  let seen = req.socket.bytesRead;
  let since = performance.now();
  const timer = setInterval(() => {
    if (req.complete || req.destroyed || res.headersSent) return clearInterval(timer);
    const { bytesRead } = req.socket;
    if (bytesRead !== seen || req.readableLength > 0) {
      seen = bytesRead;
      since = performance.now();
    } else if (performance.now() - since >= stalledMs) {
      clearInterval(timer);
      stalled();
    }
  }, stalledMs / CHECKS);
  req.once('close', () => clearInterval(timer));
}
