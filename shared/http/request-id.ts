import { randomUUID } from 'node:crypto';
import type { Request } from '@hapi/hapi';

/** Ids that callers may choose: enough for UUIDs and trace ids, nothing that could forge a log line. */
const ACCEPTED = /^[\w.:=;-]{1,128}$/;

const ids = new WeakMap<Request, string>();

/** The id under which a request is known in answers, log lines and queue messages: the caller's X-Request-Id if it has one, else a new one. */
export function requestId(request: Request): string {
  const known = ids.get(request);
  if (known) return known;
  const given: unknown = request.headers['x-request-id'];
  const id = typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
  ids.set(request, id);
  return id;
}
