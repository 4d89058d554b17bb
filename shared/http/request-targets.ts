import type { IncomingMessage, Server } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';

/** The beginning of a whole URL, to the end of its authority. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

const whole = new WeakSet<IncomingMessage>();

/** Whether a request's target was a whole URL. */
export const wasAbsoluteForm = (request: IncomingMessage): boolean => whole.has(request);

/**
 * Has a server see a target that is a whole URL as every other: a path, and its authority as Host, whatever the Host header said (RFC 9112,
 * 3.2.2). To be called when everybody listens who is to, since all of them read the target.
 */
export function normalizeTargets(server: Server): void {
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.prependListener(event, toPath);
}

function toPath(request: IncomingMessage): void {
  const { url = '' } = request;
  const [beginning = '', authority] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined) return;
  const rest = url.slice(beginning.length);
  whole.add(request);
  // Without a path, OPTIONS asks about the server (RFC 9112, 3.2.4).
  if (request.method === 'OPTIONS' && rest === '') request.url = '*';
  else request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = authority;
}

/** Whether a request asks about the server, and no path of it. */
export const isAsteriskForm = ({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean =>
  method === 'OPTIONS' && url === '*';

/** What is wrong with a target that is read; undefined if nothing is. */
export function refuseTarget(request: Pick<IncomingMessage, 'method' | 'url'>): ImageServiceError | undefined {
  const { url = '' } = request;
  if (url.startsWith('/') || isAsteriskForm(request)) return undefined;
  return new ImageServiceError(
    'malformed_request',
    `The target ${JSON.stringify(url.slice(0, 200))} is neither a path nor a URL.`,
  );
}
