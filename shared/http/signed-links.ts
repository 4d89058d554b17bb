import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from '@hapi/hapi';
import { LINK_PARAMETERS } from '../contracts/api/link.ts';
import type { Environment } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** Whether the request came by a link, a good one or not. */
    hasLinkParameters?: boolean;
    /** The link by which it came, once it is known to be good. */
    link?: SignedLink | undefined;
  }
}

/** A link that was signed for what a request asks. */
export interface SignedLink {
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface LinkKey {
  id: string;
  secret: string;
}

/** Keys by which links are signed, the first, and verified, all of them. None where the setting is missing. */
export const linkKeysOf = ({ LINK_KEYS = '' }: Partial<Pick<Environment, 'LINK_KEYS'>>): LinkKey[] =>
  LINK_KEYS.split(',')
    .filter(Boolean)
    .map((key) => ({ id: key.slice(0, key.indexOf(':')), secret: key.slice(key.indexOf(':') + 1) }));

/** The version comes first, so that what another one signs can never be taken for this. */
const VERSION = 'link-v1';

/** GET and HEAD are one to it. Everything is signed as it is written in the URL, so that nothing has two spellings. */
const sign = (path: string, expires: string, { id, secret }: LinkKey): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([VERSION, path, expires, id]))
    .digest('base64url');

/** The path with a query by which whoever has it may open it until then. */
export function signLink(path: string, expiresAt: Date, key: LinkKey): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  return `${path}?${new URLSearchParams({ expires, keyId: key.id, signature: sign(path, expires, key) })}`;
}

/** Whether a URL has anything of a link in its query, so that it is to be held to it. */
export function hasLinkParameters(url: string): boolean {
  if (!url.includes('?')) return false;
  const query = queryOf(url);
  return LINK_PARAMETERS.some((name) => query.has(name));
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

/** Holds a request to the link by which it came, if it came by one: `link_invalid` or `link_expired` if that does not open what is asked for. */
export function verifyLink({ app, raw }: Request, keys: readonly LinkKey[]): void {
  const { url = '' } = raw.req;
  app.hasLinkParameters = hasLinkParameters(url);
  app.link = app.hasLinkParameters ? checkLink(url, keys) : undefined;
}

function checkLink(url: string, keys: readonly LinkKey[]): SignedLink {
  const query = queryOf(url);
  const [expires, keyId, signature] = LINK_PARAMETERS.map((name) => onlyOne(query.getAll(name)));
  const key = keys.find(({ id }) => id === keyId);
  const [path = ''] = url.split('?', 1);
  if (!key || !isSame(signature, sign(path, expires ?? '', key))) {
    throw new ImageServiceError(
      'link_invalid',
      'The link was not signed for this path with this query, or its key is not good any more. Ask whoever gave it for a new one.',
    );
  }
  const expiresAt = Number(expires) * 1000;
  if (expiresAt > Date.now()) return { expiresAt };
  const detail = `The link was good until ${new Date(expiresAt).toISOString()}. Ask whoever gave it for a new one.`;
  throw new ImageServiceError('link_expired', detail);
}

const onlyOne = ([first = '', ...others]: string[]): string => (others.length === 0 ? first : '');

/** In constant time, and as text: base64url has several spellings of the same bytes. */
function isSame(given = '', expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whole seconds for which a link is still good. */
export const secondsLeft = ({ expiresAt }: SignedLink): number =>
  Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
