import { WILDCARDS_AT_ONCE } from '../../../../shared/storage/cdn.ts';
import { formatNumber } from '../../report/amounts.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import {
  INVALIDATIONS_A_SECOND,
  invalidationsAsked,
  invalidationsTaken,
  SECONDS_IN_PROGRESS,
} from '../invalidations.ts';
import type { Priced } from '../unit-prices.ts';
import { aSecondAtPeak } from './quota-warnings.ts';

/** What becomes of the deletions for whose paths there is no room. */
function restOf(priced: Priced): string {
  const [asked, taken] = [invalidationsAsked(priced), invalidationsTaken(priced)];
  if (taken === asked) return 'The others wait for hours with fewer.';
  return `Even all day long it takes ${formatNumber(taken)} of the ${formatNumber(asked)} in a month, and the report prices no more. Every other deleted image stays at edges that have it for the time in its Cache-Control: a year by /files/, minutes by name, and people who know its URL may see it.`;
}

/** Deletions of public images that come faster than CloudFront takes their paths. */
export function invalidationWarnings(priced: Priced): CostWarning[] {
  const needed = aSecondAtPeak(invalidationsAsked(priced), priced);
  if (needed <= INVALIDATIONS_A_SECOND) return [];
  const sentence = `In the busiest hour ${formatNumber(needed)} public images a second are deleted, and CloudFront takes the paths of ${formatNumber(INVALIDATIONS_A_SECOND)}: ${WILDCARDS_AT_ONCE} with a * at a time, each for some ${SECONDS_IN_PROGRESS} s. ${restOf(priced)}`;
  return [{ code: 'invalidations-in-progress', sentence, usd: 0 }];
}
