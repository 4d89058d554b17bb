import type { Lever } from '../../report/cost-report.ts';
import type { Priced } from '../unit-prices.ts';
import { planWarnings } from '../warnings/plan-warnings.ts';
import { provisionedWarnings } from '../warnings/provisioned-warnings.ts';

/** Other ways to pay for the same, which no setting of the stacks has: what they save is the difference that their warning says. */
export const contractLevers = (priced: Priced): Lever[] => [
  ...planWarnings(priced).map(({ usd }) => ({
    change: 'Pay for the CDN by a flat-rate plan of CloudFront',
    saves: usd,
    risk: 'Above its allowance AWS may slow the CDN down, and a plan has not every feature of CloudFront.',
  })),
  ...provisionedWarnings(priced).map(({ usd }) => ({
    change: 'Provision the capacity of the table instead of paying on demand',
    saves: usd,
    risk: 'Bursts beyond what is provisioned are refused until it has grown.',
  })),
];
