import type { CostWarning } from '../../report/cost-report.ts';
import { compareCdn } from '../cdn-plans.ts';
import type { Priced } from '../unit-prices.ts';

/** A flat-rate plan of CloudFront that includes the workload and costs less. */
export function planWarnings(priced: Priced): CostWarning[] {
  const cdn = compareCdn(priced, priced.lines);
  const [cheapest] = (cdn?.plans ?? []).filter(({ fits }) => fits).toSorted((a, b) => a.usd - b.usd);
  if (!cdn || !cheapest || cheapest.usd >= cdn.payAsYouGo) return [];
  const sentence = `With CloudFront's plan ${cheapest.name} the CDN and its web ACL cost $${cheapest.usd.toFixed(0)} a month instead of $${cdn.payAsYouGo.toFixed(0)}: ${cheapest.why}. Above its allowance AWS may slow the CDN down, and some features are missing.`;
  return [{ code: 'flat-rate-plan', sentence, usd: cdn.payAsYouGo - cheapest.usd }];
}
