import type { IncomingMessage } from 'node:http';
import type { Environment } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { hostNameOf } from './request-heads.ts';

export type HostOriginSettings = Pick<Environment, 'AUTHENTICATION' | 'CORS_ORIGINS'> &
  Partial<Pick<Environment, 'ALLOWED_HOSTS'>>;

type Head = Pick<IncomingMessage, 'method' | 'headers'>;

/** Names that always resolve to this machine (RFC 6761, 6.3). */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Methods that change nothing (RFC 9110, 9.2.1). */
export const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Checks Host and Origin while nobody needs a key. Only this machine can connect then, but a browser on it does so for any page that it shows. A
 * page whose name was made to resolve to this machine (DNS rebinding) is recognised by its Host, and a page that sends a form here (CSRF) by its
 * Origin. CORS keeps pages of other origins from reading responses.
 */
export function hostOriginCheck(settings: HostOriginSettings): (head: Head) => ImageServiceError | undefined {
  if (settings.AUTHENTICATION !== 'off') return () => undefined;
  const hosts = listOf(settings.ALLOWED_HOSTS).map((name) => name.toLowerCase());
  const origins = listOf(settings.CORS_ORIGINS);
  return ({ method = '', headers }) => {
    const { host } = headers;
    if (host !== undefined && !isOurs(host, hosts)) return hostRefusal(host);
    if (SAFE_METHODS.has(method) || origins.includes('*')) return undefined;
    const { origin } = headers;
    if (origin === undefined) return crossSite(headers['sec-fetch-site']) ? originRefusal() : undefined;
    return origins.includes(origin) || isSame(origin, host) ? undefined : originRefusal(origin.slice(0, 200));
  };
}

const listOf = (setting = ''): string[] => setting.split(',').filter(Boolean);

function isOurs(host: string, allowed: string[]): boolean {
  const name = hostNameOf(host)?.toLowerCase().replace(/\.$/, '') ?? '';
  return LOOPBACK.test(name) || allowed.includes(name);
}

function isSame(origin: string, host: string | undefined): boolean {
  const [ours, theirs] = [URL.parse(`http://${host}`), URL.parse(origin)];
  return ours !== null && theirs !== null && ours.host === theirs.host;
}

const crossSite = (site: string | string[] | undefined): boolean => site === 'cross-site' || site === 'same-site';

const PLAIN_NAME = /^[\w.-]+$/;
const PLAIN_ORIGIN = /^https?:\/\/[\w.-]+(:\d+)?$/;

function hostRefusal(host: string): ImageServiceError {
  const name = (hostNameOf(host) ?? '').slice(0, 200);
  // Text from a stranger must not get into a command that somebody pastes.
  const shown = PLAIN_NAME.test(name) ? name : 'NAME';
  return new ImageServiceError(
    'host_not_allowed',
    `Without authentication requests must use a name of this machine, such as localhost, and ${JSON.stringify(name)} is not one. If it is yours, allow it: npm start -- --allow-host ${shown}, or ALLOWED_HOSTS of the services.`,
  );
}

function originRefusal(origin?: string): ImageServiceError {
  const pages = origin === undefined ? 'another site' : JSON.stringify(origin);
  const shown = origin !== undefined && PLAIN_ORIGIN.test(origin) ? origin : 'ORIGIN';
  const advice =
    origin === 'null'
      ? 'A page from a file, or in a sandbox, has no origin that could be allowed: serve it from one.'
      : `If the page is yours, allow its origin: npm start -- --cors ${shown}, or CORS_ORIGINS of the services.`;
  return new ImageServiceError(
    'origin_not_allowed',
    `Without authentication pages of ${pages} may not change anything here. ${advice}`,
  );
}
