import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { HTTP_LIMITS, type LingeringLimits } from './http-limits.ts';

/** Whether a part of the body is still missing. Node sets `complete` late: a request without a body is not complete yet when it arrives. */
export const isIncomplete = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/** Responses that are written, but whose requests are still being drained. */
const lingering = new WeakSet<ServerResponse>();

export const isLingering = (response: ServerResponse): boolean => lingering.has(response);

/**
 * Ends a response whose request is incomplete, and closes the connection. The rest of the request is drained for a while, because a client that is
 * still sending would get a reset instead of the response. Call this when the whole response has been written, including `Connection: close`.
 * Resolves when both request and response have ended.
 */
export async function closeLingering(
  request: IncomingMessage,
  response: ServerResponse,
  { totalMs, silentMs }: LingeringLimits = HTTP_LIMITS.lingering,
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
  // A client that does not read the response must not keep the connection open.
  const unread = setTimeout(() => request.socket.destroy(), silentMs);
  await finished(response, { readable: false }).catch(() => undefined);
  clearTimeout(unread);
}
