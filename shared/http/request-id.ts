import { randomUUID } from 'node:crypto';
import type { Request } from '@hapi/hapi';

/** Ids that callers may choose: enough for UUIDs and trace ids, nothing that could forge a log line. */
const ACCEPTED = /^[\w.:=;-]{1,128}$/;

const ids = new WeakMap<Request, string>();

/** The id under which a request is known in answers, log lines and queue messages: the caller's X-Request-Id if it has one, else a new one. */
export function requestId(request: Request): string {
  const known = ids.get(request);
  if (known) return known;
  const id = requestIdIn(request.headers);
  ids.set(request, id);
  return id;
}

/** The same of a request that only its headers are known of: a new one each time that they bring none. */
export function requestIdIn({ 'x-request-id': given }: Record<string, unknown>): string {
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
}
