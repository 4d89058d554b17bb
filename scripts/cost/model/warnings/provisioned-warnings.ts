import type { PriceName } from '../../../../stacks/prices/price-units.ts';
import { usdOf, withoutAllowance } from '../../../../stacks/prices/tiers.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import { sum } from '../../workloads/workload.ts';
import { shareByHour } from '../compute/tasks-needed.ts';
import { HOURS_A_MONTH } from '../month.ts';
import { tableUnitsInMonth } from '../table-lines.ts';
import type { Priced } from '../unit-prices.ts';

/** The use of provisioned units that auto scaling aims at, so that the load may grow while it follows. */
const TARGET_USE = 0.7;

/** Dollars a month from which the switch is worth somebody's time. */
const WORTH_SAYING = 20;

/** Unit-hours of provisioned capacity that follow the day's curve; at least one unit all month. */
function unitHours(units: number, byHour: readonly number[]): number {
  const daysAMonth = HOURS_A_MONTH / byHour.length;
  return sum(byHour.map((share) => Math.max(1, (units * share) / 3600 / TARGET_USE) * daysAMonth));
}

/** Dollars of an amount if nothing of it is free, so that two ways to pay can be compared: an account gets only provisioned capacity free. */
function paidUsd(name: PriceName, amount: number, { book }: Priced): number {
  const { tiers, per } = book.row(name);
  return usdOf(withoutAllowance(tiers), per, amount);
}

/** What the requests of the month cost on demand, and would cost with provisioned capacity, in US dollars. */
function requestsUsd(priced: Priced): { onDemand: number; provisioned: number } {
  const { reads, writes, indexWrites } = tableUnitsInMonth(priced);
  const byHour = shareByHour(priced.workload);
  const hours = (units: number) => unitHours(units, byHour);
  return {
    onDemand:
      paidUsd('dynamodb.on-demand.write', writes + indexWrites, priced) +
      paidUsd('dynamodb.on-demand.read', reads, priced),
    provisioned:
      paidUsd('dynamodb.provisioned.write', hours(writes) + hours(indexWrites), priced) +
      paidUsd('dynamodb.provisioned.read', hours(reads), priced),
  };
}

/** On-demand capacity where the load is steady enough for provisioned one. */
export function provisionedWarnings(priced: Priced): CostWarning[] {
  const { onDemand, provisioned } = requestsUsd(priced);
  const saved = onDemand - provisioned;
  if (saved < WORTH_SAYING) return [];
  const sentence = `Provisioned capacity that follows the day's curve at ${TARGET_USE * 100} % use would cost $${provisioned.toFixed(0)} for the table's requests instead of $${onDemand.toFixed(0)}, without what an account gets free of it. It refuses sudden bursts, which on-demand capacity takes.`;
  return [{ code: 'provisioned-is-cheaper', sentence, usd: saved }];
}
