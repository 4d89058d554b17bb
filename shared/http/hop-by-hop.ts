import type { IncomingHttpHeaders } from 'node:http';

/** Headers that concern one connection, not the message (RFC 9110, 7.6.1). */
const CONNECTION_HEADERS = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
];

/** Headers that route and frame the message, which Connection cannot remove. */
const MESSAGE_HEADERS = new Set(['host', 'content-length', 'transfer-encoding', 'expect']);

/**
 * The headers that a proxy forwards: without hop-by-hop headers, and without those that the Connection header names. The sender of the
 * forwarded message sets Transfer-Encoding itself.
 */
export function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...CONNECTION_HEADERS, ...named.filter((name) => !MESSAGE_HEADERS.has(name))]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
