import { type Peers, readPeers, unitUsd } from '../../../stacks/prices/peers.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import { type CostLine, sumOf } from '../report/cost-report.ts';
import { meanRenditionBytes } from '../workloads/workload.ts';
import type { Context } from './context.ts';
import { shareMissedByEdges } from './edge-reads.ts';
import { gbStored } from './storage-lines.ts';
import { over } from './unit-prices.ts';

/** What a service for images counts in a month, in its usual units. */
export interface PeerUsage {
  /** Images that are uploaded. */
  images: number;
  /** Renditions that are made, each once. */
  transformations: number;
  imagesStored: number;
  gbStored: number;
  /** What the same storage costs here, in US dollars, for services that store nothing or publish no price of it. */
  storageUsd: number;
  reads: number;
  /** Reads of which no edge has a copy. That edges ask here whether a copy is still right is no work of others. */
  readsPastEdge: number;
  gbDelivered: number;
  renditionBytes: number;
}

/** What the work of a month is, for other services. Expired renditions that are made again here are no work of theirs. */
export function peerUsage(context: Context, lines: readonly CostLine[]): PeerUsage {
  const { traffic, workload } = context;
  const reads = traffic.reads.original + traffic.reads.rendition;
  return {
    images: traffic.images,
    transformations: traffic.images * workload.renditions.length + traffic.operations.requestRendition,
    imagesStored: traffic.stored,
    gbStored: gbStored(context),
    storageUsd: sumOf(lines.filter(({ area }) => area === 'storage').map(({ usd }) => usd)).typical,
    reads,
    readsPastEdge: reads * shareMissedByEdges(workload, context),
    gbDelivered: traffic.bytesDelivered / GB,
    renditionBytes: meanRenditionBytes(workload),
  };
}

const beyond = (amount: number, included: number): number => Math.max(0, amount - included);

/** Vercel's unit of its cache, from the terms in peers.json. */
const CACHE_UNIT_BYTES = 8 * 1024;

/** What a month of the usage costs with each service, in US dollars, by its published prices. */
const MONTHLY_USD: { [Name in keyof Peers]: (peer: Peers[Name], usage: PeerUsage) => number } = {
  Cloudinary(peer, { transformations, gbStored, gbDelivered }) {
    const credits = transformations / 1000 + gbStored + gbDelivered;
    if (credits <= 225) return unitUsd(peer, 'plus');
    return unitUsd(peer, 'advanced') * Math.max(1, credits / 600);
  },
  'Cloudflare Images': (peer, { imagesStored, reads }) =>
    imagesStored * unitUsd(peer, 'stored') + reads * unitUsd(peer, 'delivered'),
  Vercel(peer, { transformations, reads, readsPastEdge, gbDelivered, renditionBytes, storageUsd }) {
    const units = Math.ceil(renditionBytes / CACHE_UNIT_BYTES);
    return (
      storageUsd +
      unitUsd(peer, 'seat') +
      beyond(reads, 10e6) * unitUsd(peer, 'edgeRequest') +
      beyond(transformations, 10_000) * unitUsd(peer, 'transformation') +
      beyond(readsPastEdge * units, 600_000) * unitUsd(peer, 'cacheRead') +
      beyond(transformations * units, 200_000) * unitUsd(peer, 'cacheWrite') +
      beyond(gbDelivered, 1024) * unitUsd(peer, 'transfer')
    );
  },
  Bunny: (peer, { gbDelivered, storageUsd }) =>
    storageUsd + unitUsd(peer, 'website') + gbDelivered * unitUsd(peer, 'transfer'),
};

/** What an image costs with other services, in US dollars, with its part of everything: a month over the images that are uploaded in it. */
export function peerUsdPerImage(usage: PeerUsage): Record<keyof Peers, number> {
  const peers = readPeers();
  const per = <Name extends keyof Peers>(name: Name): [Name, number] => [
    name,
    over(MONTHLY_USD[name](peers[name], usage), usage.images),
  ];
  return Object.fromEntries(Object.keys(MONTHLY_USD).map((name) => per(name as keyof Peers))) as Record<
    keyof Peers,
    number
  >;
}
