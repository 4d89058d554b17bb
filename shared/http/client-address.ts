import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Environment } from '../contracts/environment.ts';

/** What says which addresses in the head of a request can be believed. */
export type ProxySettings = Partial<Pick<Environment, 'TRUSTED_PROXIES' | 'CDN_SECRETS'>>;

/** The header in which the CDN proves that a request comes through it. */
const CDN_HEADER = 'x-origin-verify';

/** Stands for the address of a client whose connection was gone before its request was read. */
export const UNKNOWN_ADDRESS = 'unknown';

/** More characters than the last two addresses have. All before them is of the client, and there may be 16 KiB of commas. */
const TWO_ADDRESSES = 256;

/** The address of the client of a request; undefined once its connection is gone. */
export type ClientAddress = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined;

/**
 * Reads the address of clients. Each proxy adds the address of its own client at the end of X-Forwarded-For, so that only the last one was written by
 * the load balancer, and the one before by the CDN: of the requests of which a secret tells, or of nearly all where two proxies are trusted. All
 * before that may be made up by the client.
 */
export function clientAddressReader({ TRUSTED_PROXIES = 0, CDN_SECRETS = '' }: ProxySettings): ClientAddress {
  const secrets = CDN_SECRETS.split(',').filter(Boolean).map(digest);
  const isFromCdn = (secret: unknown): boolean =>
    typeof secret === 'string' && secrets.some((each) => timingSafeEqual(each, digest(secret)));
  return ({ headers, socket }) => {
    if (TRUSTED_PROXIES === 0) return socket.remoteAddress;
    const forwarded = String(headers['x-forwarded-for'] ?? '')
      .slice(-TWO_ADDRESSES)
      .split(',')
      .map((address) => address.trim());
    if (isFromCdn(headers[CDN_HEADER])) return forwarded.at(-2) || socket.remoteAddress;
    // Whoever reaches the load balancer from inside the network has one proxy before the service, not two.
    return forwarded.at(-TRUSTED_PROXIES) || forwarded.at(-1) || socket.remoteAddress;
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * What requests without credentials are counted for: an IPv4 address, or the 64 bits of an IPv6 address that name a network, because each
 * customer has one. It is a digest, so that no address stands in the table as it is, and another one every day. That hides no IPv4 address from
 * somebody who tries all; what is counted by it is removed after minutes.
 */
export function countedAddress(address: string, now = new Date()): string {
  const network = isIPv6(address) ? networkOf(address) : address;
  const day = now.toISOString().slice(0, 10);
  return createHash('sha256').update(`${day} ${network}`).digest('hex').slice(0, 16);
}

/** The first four groups of an IPv6 address; of an IPv4 address that is written as one, that. */
function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - after.length }, () => '0');
  return [...groups, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
