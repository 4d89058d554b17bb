import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from '@hapi/hapi';
import { LINK_PARAMETERS } from '../contracts/api/link.ts';
import type { Environment } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** Whether the request has a signed link, valid or not. */
    hasLinkParameters?: boolean;
    /** The signed link of the request, once it is verified. */
    link?: SignedLink | undefined;
  }
}

/** A verified link. */
export interface SignedLink {
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** The id of the key that has signed it. */
  keyId: string;
  /** Whether it is of whoever decides on an image, so that it opens bytes that are held from all others. */
  isScan: boolean;
}

export interface LinkKey {
  id: string;
  secret: string;
}

/** The first key signs links, and all keys verify them. There are none if the setting is missing. */
export const linkKeysOf = ({ LINK_KEYS = '' }: Partial<Pick<Environment, 'LINK_KEYS'>>): LinkKey[] =>
  LINK_KEYS.split(',')
    .filter(Boolean)
    .map((key) => ({ id: key.slice(0, key.indexOf(':')), secret: key.slice(key.indexOf(':') + 1) }));

/** The version is signed too, so that a signature of another version, or a link of the other kind, is never valid in its place. */
const VERSIONS = { link: 'link-v1', scan: 'scan-v1' } as const;

type LinkKind = keyof typeof VERSIONS;

/** A signature is valid for GET and HEAD. The URL is signed as it is written, so that another spelling is not valid. */
const sign = (kind: LinkKind, [path, expires]: readonly [path: string, expires: string], { id, secret }: LinkKey) =>
  createHmac('sha256', secret)
    .update(JSON.stringify([VERSIONS[kind], path, expires, id]))
    .digest('base64url');

/** The path with a query that lets anybody who has it open it until it expires. */
export const signLink = (path: string, expiresAt: Date, key: LinkKey): string =>
  signAs('link', path, { expiresAt, key });

/** A link for whoever decides on an image, which opens its bytes while they are held from all others. */
export const signScanLink = (path: string, expiresAt: Date, key: LinkKey): string =>
  signAs('scan', path, { expiresAt, key });

function signAs(kind: LinkKind, path: string, { expiresAt, key }: { expiresAt: Date; key: LinkKey }): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  const signature = sign(kind, [path, expires], key);
  return `${path}?${new URLSearchParams({ expires, keyId: key.id, signature })}`;
}

/** Whether a URL has any parameter of a signed link, so that the link must be verified. */
export function hasLinkParameters(url: string): boolean {
  if (!url.includes('?')) return false;
  const query = queryOf(url);
  return LINK_PARAMETERS.some((name) => query.has(name));
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

/** Verifies the signed link of a request, if it has one. Throws `link_invalid` or `link_expired`. */
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
  const signed = [path, expires ?? ''] as const;
  // Both are compared, so that time does not tell of which kind a wrong one is closer.
  const [isLink, isScan] = (['link', 'scan'] as const).map((kind) =>
    key ? isSame(signature, sign(kind, signed, key)) : false,
  );
  if (!key || (!isLink && !isScan)) {
    throw new ImageServiceError(
      'link_invalid',
      'The link was not signed for this path with this query, or its key is no longer valid. Ask whoever gave it to you for a new one.',
    );
  }
  const expiresAt = Number(expires) * 1000;
  if (expiresAt > Date.now()) return { expiresAt, keyId: key.id, isScan: isScan === true };
  const detail = `The link was valid until ${new Date(expiresAt).toISOString()}. Ask whoever gave it to you for a new one.`;
  throw new ImageServiceError('link_expired', detail);
}

const onlyOne = ([first = '', ...others]: string[]): string => (others.length === 0 ? first : '');

/** Compares in constant time, and as text, because base64url has several spellings of the same bytes. */
function isSame(given = '', expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The whole seconds for which a link is still valid. */
export const secondsLeft = ({ expiresAt }: SignedLink): number =>
  Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
