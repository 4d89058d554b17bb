import type { IncomingMessage } from 'node:http';
import type { Environment } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { hostNameOf } from './request-heads.ts';

export type HostOriginSettings = Pick<Environment, 'AUTHENTICATION' | 'CORS_ORIGINS'> &
  Partial<Pick<Environment, 'ALLOWED_HOSTS'>>;

type Head = Pick<IncomingMessage, 'method' | 'headers'>;

/** Names that lead to this machine wherever they are asked for (RFC 6761, 6.3). */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What changes nothing (RFC 9110, 9.2.1). */
export const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Who may call while nobody needs a key: that only this machine can connect keeps no browser on it from doing so for whatever page it
 * shows. A page whose name was made to lead here (DNS rebinding) is told by its Host, and one that sends a form here by its Origin. What a
 * page of another origin merely asks for, CORS keeps from it.
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
  // What a stranger sends is not put into a command that somebody pastes.
  const shown = PLAIN_NAME.test(name) ? name : 'NAME';
  return new ImageServiceError(
    'host_not_allowed',
    `Without authentication only names of this machine are answered to, such as localhost, and ${JSON.stringify(name)} is none. If it is yours, allow it: npm start -- --allow-host ${shown}, or ALLOWED_HOSTS of the services.`,
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
