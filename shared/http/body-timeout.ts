import type { IncomingMessage, ServerResponse } from 'node:http';

/** How often a body is checked within its timeout. A stalled body is noticed one interval late at most. */
const CHECKS = 8;

/**
 * Calls `stalled` when no bytes of a body have arrived for `stalledMs`. A body that waits for us, because its bytes are not read yet, has not
 * stalled. Watching ends with the body, or with the response.
 */
export function watchBodyTimeout(
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
