import { readFileSync } from 'node:fs';

/**
 * A flat-rate plan of CloudFront, which is bought for one distribution and includes its WAF, its standard logs and its functions. There is no
 * charge beyond the allowances, but AWS may slow down a distribution that exceeds them.
 */
export interface CloudfrontPlan {
  name: string;
  /** Dollars a month. */
  usd: number;
  /** Requests a month; those that WAF blocks do not count. */
  requests: number;
  /** GB a month to viewers. */
  gb: number;
  /** GB-months of S3 Standard that the account pays nothing for. */
  s3CreditGb: number;
  /** Whether the distribution may have cache policies of its own, as these stacks give it. */
  customCachePolicies: boolean;
}

/** The plans, the cheapest first, with the day on which they were read and where. */
export interface CloudfrontPlans {
  sources: Record<string, string>;
  date: string;
  plans: CloudfrontPlan[];
}

export const readCloudfrontPlans = (): CloudfrontPlans =>
  JSON.parse(readFileSync(new URL('cloudfront-plans.json', import.meta.url), 'utf8'));
