import type { IncomingHttpHeaders } from 'node:http';

/** Headers that speak of one connection, not of the message (RFC 9110, 7.6.1). */
const OF_CONNECTIONS = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
];

/** What says for whom a message is, where it ends, and whether its body waits: of every connection, whatever one of them says. */
const OF_MESSAGES = new Set(['host', 'content-length', 'transfer-encoding', 'expect']);

/**
 * The headers of a message as they are passed on to another connection: without those that speak of the one it came by, or that its
 * Connection names. Transfer-Encoding is left to whoever frames the body anew.
 */
export function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...OF_CONNECTIONS, ...named.filter((name) => !OF_MESSAGES.has(name))]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
