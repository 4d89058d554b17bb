import { imagesPerMonth, readsOfAge, shareStored, sum, type Workload } from '../workloads/workload.ts';
import { SECONDS_A_MONTH } from './month.ts';
import type { Product } from './product.ts';

/** What stands between readers and the services. */
export interface EdgeSettings {
  hasCdn: boolean;
  /** Whether Origin Shield is asked for what edges have not. */
  hasShield: boolean;
  product: Pick<Product, 'edgeSeconds'>;
}

type Edges = Pick<EdgeSettings, 'hasCdn'>;

/** The share of reads of which an edge has a copy. It has none of private images, which no shared cache may keep. */
const shareAtEdges = ({ cacheHitRate, privateShare }: Workload, { hasCdn }: Edges): number =>
  hasCdn ? (1 - privateShare) * cacheHitRate : 0;

/** The share of reads that no edge can answer. */
export const shareMissedByEdges = (workload: Workload, settings: Edges): number => 1 - shareAtEdges(workload, settings);

/**
 * The share of reads that come through to the services, because neither an edge nor Origin Shield can answer them. Those of private images all do,
 * through Origin Shield, which has no copies of them either.
 */
export function shareAtOrigin(
  workload: Workload,
  { hasCdn, hasShield }: Pick<EdgeSettings, 'hasCdn' | 'hasShield'>,
): number {
  const { cacheHitRate, privateShare, originShieldHitRate } = workload;
  if (!hasCdn) return 1;
  return privateShare + (1 - privateShare) * (1 - cacheHitRate) * (hasShield ? 1 - originShieldHitRate : 1);
}

/** Reads of a month, of so many copies that are read equally often, for which the copy is older than its time. Reads come independently of each other. */
const tooOld = ({ reads, copies }: { reads: number; copies: number }, seconds: number): number =>
  reads === 0 || seconds === Number.POSITIVE_INFINITY
    ? 0
    : reads / (1 + ((reads / copies) * seconds) / SECONDS_A_MONTH);

/**
 * Of the reads of a month of which edges have a copy, those for which it is too old, so that the service is asked whether it is still right. An image
 * has a copy for its name and one for its content, and all are taken to be at one edge, that is, read by all: more are asked for with many edges,
 * and fewer where some images are read much more than others.
 */
export function revalidations(workload: Workload, { hasCdn, product }: EdgeSettings, month: number): number {
  if (!hasCdn) return 0;
  const { byName, byContent } = product.edgeSeconds;
  const ways: [share: number, seconds: number][] = [
    [workload.readsByNameShare, byName],
    [1 - workload.readsByNameShare, byContent],
  ];
  const renditions = workload.renditions.length || 1;
  const perImage = workload.ageCurve.slice(0, month).map((_, age) => {
    const { original, rendition } = readsOfAge(workload, age);
    const asked = ways.map(
      ([share, seconds]) =>
        tooOld({ reads: original * share, copies: 1 }, seconds) +
        tooOld({ reads: rendition * share, copies: renditions }, seconds),
    );
    return sum(asked) * shareStored(workload, age);
  });
  return imagesPerMonth(workload) * sum(perImage) * shareAtEdges(workload, { hasCdn });
}
