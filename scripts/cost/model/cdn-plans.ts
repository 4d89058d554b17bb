import { GB } from '../lifecycle/storage-classes.ts';
import type { CdnPlan, CostLine, CostReport } from '../report/cost-report.ts';
import { cdnRequests } from './cdn-lines.ts';
import type { Context } from './context.ts';

interface Plan {
  name: string;
  usd: number;
  requests: number;
  gb: number;
}

/**
 * CloudFront's flat-rate plans, for one distribution and one domain each, with the web ACL, logs and functions in them:
 * https://aws.amazon.com/cloudfront/pricing/ as https://www.duckbillhq.com/?p=10291 reports it (January 2026; prices unchanged since 2025-11-18).
 */
const PLANS: readonly Plan[] = [
  { name: 'Free', usd: 0, requests: 1e6, gb: 100 },
  { name: 'Pro', usd: 15, requests: 10e6, gb: 50 * 1024 },
  { name: 'Business', usd: 200, requests: 125e6, gb: 50 * 1024 },
  { name: 'Premium', usd: 1000, requests: 500e6, gb: 50 * 1024 },
];

const count = (value: number): string => Math.round(value).toLocaleString('en');

function planFor(plan: Plan, context: Context): CdnPlan {
  const [requests, gb] = [cdnRequests(context), context.traffic.bytesDelivered / GB];
  const over = [
    ...(requests > plan.requests ? [`${count(requests)} requests, and it includes ${count(plan.requests)}`] : []),
    ...(gb > plan.gb ? [`${count(gb)} GB, and it includes ${count(plan.gb)}`] : []),
  ];
  const fits = over.length === 0;
  const why = fits ? `${count(requests)} requests and ${count(gb)} GB are included` : over.join('; ');
  return { name: plan.name, usd: plan.usd, fits, why };
}

/** The plans beside what is paid as one goes, the web ACL at the edge included, because plans include it too. */
export function compareCdn(context: Context, lines: readonly CostLine[]): CostReport['cdn'] {
  if (!context.hasCdn) return undefined;
  const replaced = lines.filter(({ area, item }) => area === 'cdn' || (area === 'waf' && item.includes('CDN')));
  return {
    payAsYouGo: replaced.reduce((sum, { usd }) => sum + usd.typical, 0),
    plans: PLANS.map((plan) => planFor(plan, context)),
  };
}
