import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request } from '@hapi/hapi';
import { withoutCredentials } from './credentials-in-text.ts';

/** Ids that callers may choose: enough for UUIDs and trace ids, nothing that could forge a log line. */
const ACCEPTED = /^[\w.:=;-]{1,128}$/;

const ids = new WeakMap<IncomingMessage, string>();

/** Not a key either that somebody has put into the wrong header: ids are in answers, logs and messages. */
const isAccepted = (id: string): boolean => ACCEPTED.test(id) && withoutCredentials(id) === id;

/** The id of a request in responses, log lines and queue messages: the client's X-Request-Id if it has a valid one, else a new one. */
export const requestId = (request: Request): string => requestIdOf(request.raw.req);

/** The id of a request that hapi does not know, or a new one for input that is not a request. */
export function requestIdOf(request: IncomingMessage | undefined): string {
  if (!request) return randomUUID();
  const known = ids.get(request);
  if (known) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && isAccepted(given) ? given : randomUUID();
  ids.set(request, id);
  return id;
}
