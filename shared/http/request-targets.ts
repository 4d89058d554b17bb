import type { IncomingMessage, Server } from 'node:http';
import { ImageServiceError } from '../domain/errors.ts';

/** The beginning of an absolute URL, to the end of its authority. */
const ABSOLUTE_URL = /^https?:\/\/([^/?#]*)/i;

const absoluteForms = new WeakSet<IncomingMessage>();

/** Whether the target of a request was an absolute URL. */
export const wasAbsoluteForm = (request: IncomingMessage): boolean => absoluteForms.has(request);

/**
 * Makes a server treat a target in absolute form like any other: it becomes a path, and its authority replaces the Host header (RFC 9112, 3.2.2). Call
 * this after all other listeners are added, because this one must come before them.
 */
export function normalizeTargets(server: Server): void {
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.prependListener(event, toPath);
}

function toPath(request: IncomingMessage): void {
  const { url = '' } = request;
  const [beginning = '', authority] = ABSOLUTE_URL.exec(url) ?? [];
  if (authority === undefined) return;
  const rest = url.slice(beginning.length);
  absoluteForms.add(request);
  // OPTIONS without a path concerns the whole server (RFC 9112, 3.2.4).
  if (request.method === 'OPTIONS' && rest === '') request.url = '*';
  else request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = authority;
}

/** Whether a request concerns the whole server instead of a path (RFC 9112, 3.2.4). */
export const isAsteriskForm = ({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean =>
  method === 'OPTIONS' && url === '*';

/** The error for a target that is neither a path nor a URL; undefined if it is valid. */
export function refuseTarget(request: Pick<IncomingMessage, 'method' | 'url'>): ImageServiceError | undefined {
  const { url = '' } = request;
  if (url.startsWith('/') || isAsteriskForm(request)) return undefined;
  return new ImageServiceError(
    'malformed_request',
    `The target ${JSON.stringify(url.slice(0, 200))} is neither a path nor a URL.`,
  );
}
