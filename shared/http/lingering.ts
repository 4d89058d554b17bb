import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

export interface LingeringLimits {
  /** Milliseconds that a client may go on sending once it is answered, */
  totalMs: number;
  /** and milliseconds of that in which nothing comes. */
  silentMs: number;
}

/** nginx's `lingering_time` and `lingering_timeout`. */
export const LINGERING_LIMITS: LingeringLimits = { totalMs: 30_000, silentMs: 5_000 };

/** Whether something of a body is still to come. Of a request that has just been handed over Node does not know yet that it is whole. */
export const isIncomplete = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/** Answers that have been written, and wait for what still comes. */
const lingering = new WeakSet<ServerResponse>();

export const isLingering = (response: ServerResponse): boolean => lingering.has(response);

/**
 * Ends an answer whose request has not come whole, and its connection. What still comes is let go by for a while: a connection that is
 * closed on a client which still sends brings it a reset in place of the answer. To be called when all of the answer has been written,
 * `Connection: close` among it. Resolves when the connection is free of both.
 */
export async function closeLingering(
  request: IncomingMessage,
  response: ServerResponse,
  { totalMs, silentMs }: LingeringLimits = LINGERING_LIMITS,
): Promise<void> {
  lingering.add(response);
  const over = new AbortController();
  const total = setTimeout(() => over.abort(), totalMs);
  const silence = setTimeout(() => over.abort(), silentMs);
  const hear = () => silence.refresh();
  request.on('data', hear).resume();
  await finished(request, { writable: false, signal: over.signal }).catch(() => undefined);
  request.off('data', hear);
  clearTimeout(total);
  clearTimeout(silence);
  response.end();
  // Whoever does not read the answer keeps the connection no longer.
  const unread = setTimeout(() => request.socket.destroy(), silentMs);
  await finished(response, { readable: false }).catch(() => undefined);
  clearTimeout(unread);
}
