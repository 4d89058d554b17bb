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

/** The share of reads that no edge can answer. */
export const shareMissedByEdges = ({ cacheHitRate }: Workload, { hasCdn }: Pick<EdgeSettings, 'hasCdn'>): number =>
  hasCdn ? 1 - cacheHitRate : 1;

/** The share of reads that come through to the services, because neither an edge nor Origin Shield can answer them. */
export const shareAtOrigin = (workload: Workload, settings: Pick<EdgeSettings, 'hasCdn' | 'hasShield'>): number =>
  shareMissedByEdges(workload, settings) *
  (settings.hasCdn && settings.hasShield ? 1 - workload.originShieldHitRate : 1);

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
  return imagesPerMonth(workload) * sum(perImage) * workload.cacheHitRate;
}
