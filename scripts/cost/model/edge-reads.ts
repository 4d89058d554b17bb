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

/**
 * Of the reads of a month that edges could answer, those for which a copy is too old, so that the service is asked whether it is still right. Reads
 * come independently of each other, and all copies of an age are read equally often; more are asked for here than with a few popular images.
 */
export function revalidations(workload: Workload, { hasCdn, product }: EdgeSettings, month: number): number {
  if (!hasCdn || !Number.isFinite(product.edgeSeconds)) return 0;
  const tooOld = (reads: number, copies: number) =>
    reads === 0 ? 0 : reads / (1 + ((reads / copies) * product.edgeSeconds) / SECONDS_A_MONTH);
  const perImage = workload.ageCurve.slice(0, month).map((_, age) => {
    const { original, rendition } = readsOfAge(workload, age);
    return (tooOld(original, 1) + tooOld(rendition, workload.renditions.length || 1)) * shareStored(workload, age);
  });
  return imagesPerMonth(workload) * sum(perImage) * workload.cacheHitRate;
}
