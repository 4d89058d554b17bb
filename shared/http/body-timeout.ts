import type { IncomingMessage, ServerResponse } from 'node:http';

/** Looks at a body within its time; it is noticed so much later, at most, that nothing comes. */
const LOOKS = 8;

/**
 * Calls `stalled` when nothing of a body has come for so many milliseconds though all that came has been read: a body that waits for us
 * is not late. Ends with the body, or with its answer.
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
  }, stalledMs / LOOKS);
  req.once('close', () => clearInterval(timer));
}
