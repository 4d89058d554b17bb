import type { CostWarning } from '../../report/cost-report.ts';
import type { Priced } from '../unit-prices.ts';
import { budgetWarnings } from './budget-warnings.ts';
import { capacityWarnings, messageSecondsWarnings, tableCeilingWarnings } from './capacity-warnings.ts';
import { invalidationWarnings } from './invalidation-warnings.ts';
import { natWarnings } from './network-warnings.ts';
import { planWarnings } from './plan-warnings.ts';
import { provisionedWarnings } from './provisioned-warnings.ts';
import { quotaWarnings } from './quota-warnings.ts';
import { onDemandBaseWarnings } from './spot-warnings.ts';
import { tierWarnings } from './tier-warnings.ts';

/** Where a setting costs more than it saves, or does not allow the work that the report prices. */
const WARNINGS: readonly ((priced: Priced) => CostWarning[])[] = [
  capacityWarnings,
  tableCeilingWarnings,
  messageSecondsWarnings,
  onDemandBaseWarnings,
  quotaWarnings,
  invalidationWarnings,
  budgetWarnings,
  tierWarnings,
  natWarnings,
  provisionedWarnings,
  planWarnings,
];

export const warningsOf = (priced: Priced): CostWarning[] => WARNINGS.flatMap((warn) => warn(priced));
