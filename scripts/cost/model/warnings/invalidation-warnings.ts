import { WILDCARDS_AT_ONCE } from '../../../../shared/storage/cdn.ts';
import { formatNumber } from '../../report/amounts.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import type { Priced } from '../unit-prices.ts';
import { aSecondAtPeak } from './quota-warnings.ts';

/**
 * Seconds that an invalidation is in progress. AWS promises no time; "typically completes in under 60 seconds for most regions" is what
 * https://www.static-asset-fingerprinting.com/cdn-purge-strategies/aws-cloudfront-invalidation/ says (read 2026-11-30), and others say 60 to 300.
 */
const SECONDS_IN_PROGRESS = 60;

/** Deletions of public images that come faster than CloudFront takes their paths. */
export function invalidationWarnings(priced: Priced): CostWarning[] {
  const needed = aSecondAtPeak(priced.traffic.operations.deleteCachedImage, priced);
  const possible = WILDCARDS_AT_ONCE / SECONDS_IN_PROGRESS;
  if (needed <= possible) return [];
  const sentence = `In the busiest hour ${formatNumber(needed)} public images a second are deleted, and CloudFront takes the paths of ${formatNumber(possible)}: ${WILDCARDS_AT_ONCE} with a * at a time, each for some ${SECONDS_IN_PROGRESS} s. The others wait, more with every day, and stay at its edges up to the time in their Cache-Control. The report prices them all.`;
  return [{ code: 'invalidations-in-progress', sentence, usd: 0 }];
}
