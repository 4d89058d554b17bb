import { type CostWarning, sumOf } from '../../report/cost-report.ts';
import type { Priced } from '../unit-prices.ts';

/** A budget whose alarm the workload alone would set off. */
export function budgetWarnings({ resources, lines }: Priced): CostWarning[] {
  const total = sumOf(lines.map(({ usd }) => usd)).typical;
  return resources
    .filter(({ type, values }) => type === 'aws_budgets_budget' && Number(values.limit_amount) < total)
    .map(({ values }) => ({
      code: 'over-budget',
      sentence: `The budget is $${Number(values.limit_amount)} a month, and this workload takes $${total.toFixed(0)}: its alarm goes off each month (observability.monthlyBudget).`,
      usd: 0,
    }));
}
