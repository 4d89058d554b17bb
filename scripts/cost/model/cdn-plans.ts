import { type CloudfrontPlan, readCloudfrontPlans } from '../../../stacks/prices/cloudfront-plans.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import type { CdnPlan, CostLine, CostReport } from '../report/cost-report.ts';
import { cdnRequests } from './cdn-lines.ts';
import type { Context } from './context.ts';

const count = (value: number): string => Math.round(value).toLocaleString('en');

const hasOwnPolicies = ({ resources }: Context): boolean =>
  resources.some(({ type }) => type === 'aws_cloudfront_cache_policy');

function planFor(plan: CloudfrontPlan, context: Context): CdnPlan {
  const [requests, gb] = [cdnRequests(context), context.traffic.bytesDelivered / GB];
  const over = [
    ...(requests > plan.requests ? [`${count(requests)} requests, and it includes ${count(plan.requests)}`] : []),
    ...(hasOwnPolicies(context) && !plan.customCachePolicies ? ['it allows no cache policies of ones own'] : []),
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
    plans: readCloudfrontPlans().plans.map((plan) => planFor(plan, context)),
  };
}
