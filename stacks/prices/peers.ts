import { readFileSync } from 'node:fs';

/** A service that stores, transforms and delivers images, with prices of which each is dollars for `per` units. */
export interface Peer<Name extends string = string> {
  source: string;
  /** The day that the source has, or that on which it was read. */
  date?: string;
  read?: string;
  prices: Record<Name, { what: string; usd: number; per: number; unit: string }>;
  /** What the prices include, and what is assumed where nothing is published. */
  terms: string;
}

export interface Peers {
  Cloudinary: Peer<'plus' | 'advanced'>;
  'Cloudflare Images': Peer<'stored' | 'delivered'>;
  Vercel: Peer<'transformation' | 'cacheRead' | 'cacheWrite' | 'seat' | 'edgeRequest' | 'transfer'>;
  Bunny: Peer<'website' | 'transfer'>;
}

/** Published prices of other services, for comparison. */
export const readPeers = (): Peers =>
  JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8')).peers as Peers;

/** US dollars of one unit. */
export const unitUsd = <Name extends string>({ prices }: Peer<Name>, name: Name): number =>
  prices[name].usd / prices[name].per;
