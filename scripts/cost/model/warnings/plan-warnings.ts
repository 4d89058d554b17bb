import type { CostWarning } from '../../report/cost-report.ts';
import { compareCdn } from '../cdn-plans.ts';
import type { Priced } from '../unit-prices.ts';

/** A flat-rate plan of CloudFront that includes the workload and costs less. */
export function planWarnings(priced: Priced): CostWarning[] {
  const cdn = compareCdn(priced, priced.lines);
  const [cheapest] = (cdn?.plans ?? []).filter(({ fits }) => fits).toSorted((a, b) => a.usd - b.usd);
  if (!cdn || !cheapest || cheapest.usd >= cdn.payAsYouGo) return [];
  const sentence = `CloudFront's plan ${cheapest.name} for $${cheapest.usd} a month includes what the CDN and its web ACL cost $${cdn.payAsYouGo.toFixed(0)} for. Above its allowance AWS may slow the CDN down, and some features are missing.`;
  return [{ code: 'flat-rate-plan', sentence, usd: cdn.payAsYouGo - cheapest.usd }];
}
