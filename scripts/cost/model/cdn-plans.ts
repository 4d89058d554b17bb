import { type CloudfrontPlan, readCloudfrontPlans } from '../../../stacks/prices/cloudfront-plans.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import type { CdnPlan, CostLine, CostReport } from '../report/cost-report.ts';
import { cdnRequests } from './cdn-lines.ts';
import type { Context } from './context.ts';

const count = (value: number): string => Math.round(value).toLocaleString('en');

const hasOwnPolicies = ({ resources }: Context): boolean =>
  resources.some(({ type }) => type === 'aws_cloudfront_cache_policy');

/**
 * What a plan costs. It is not known to include invalidations: its source names requests, bytes and queries of DNS, and paths to invalidate only for
 * paying as one goes (stacks/prices/cloudfront-plans.json). So they are paid beside it.
 */
function planFor(plan: CloudfrontPlan, context: Context, invalidationsUsd: number): CdnPlan {
  const [requests, gb] = [cdnRequests(context), context.traffic.bytesDelivered / GB];
  const over = [
    ...(requests > plan.requests ? [`${count(requests)} requests, and it includes ${count(plan.requests)}`] : []),
    ...(hasOwnPolicies(context) && !plan.customCachePolicies ? ['it allows no cache policies of ones own'] : []),
    ...(gb > plan.gb ? [`${count(gb)} GB, and it includes ${count(plan.gb)}`] : []),
  ];
  const fits = over.length === 0;
  const included = `${count(requests)} requests and ${count(gb)} GB are included`;
  const beside = invalidationsUsd > 0 ? `, and $${count(invalidationsUsd)} for invalidations come on top` : '';
  return { name: plan.name, usd: plan.usd + invalidationsUsd, fits, why: fits ? included + beside : over.join('; ') };
}

/** The plans beside what is paid as one goes, the web ACL at the edge included, because plans include it too. */
export function compareCdn(context: Context, lines: readonly CostLine[]): CostReport['cdn'] {
  if (!context.hasCdn) return undefined;
  const replaced = lines.filter(({ area, item }) => area === 'cdn' || (area === 'waf' && item.includes('CDN')));
  const isInvalidations = ({ item }: CostLine) => item === 'CloudFront: invalidations';
  const sumOfTypical = (found: readonly CostLine[]) => found.reduce((sum, { usd }) => sum + usd.typical, 0);
  const invalidationsUsd = sumOfTypical(replaced.filter(isInvalidations));
  return {
    payAsYouGo: sumOfTypical(replaced),
    plans: readCloudfrontPlans().plans.map((plan) => planFor(plan, context, invalidationsUsd)),
  };
}
