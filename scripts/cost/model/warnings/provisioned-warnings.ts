import { quantity } from '../../../../stacks/prices/price-units.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import { sum } from '../../workloads/workload.ts';
import { shareByHour } from '../compute/tasks-needed.ts';
import { HOURS_A_MONTH } from '../month.ts';
import { tableUnitsInMonth } from '../table-lines.ts';
import { type Priced, typicalUsd } from '../unit-prices.ts';

/** The use of provisioned units that auto scaling aims at, so that the load may grow while it follows. */
const TARGET_USE = 0.7;

/** Dollars a month from which the switch is worth somebody's time. */
const WORTH_SAYING = 20;

/** Unit-hours of provisioned capacity that follow the day's curve; at least one unit all month. */
function unitHours(units: number, byHour: readonly number[]): number {
  const daysAMonth = HOURS_A_MONTH / byHour.length;
  return sum(byHour.map((share) => Math.max(1, (units * share) / 3600 / TARGET_USE) * daysAMonth));
}

/** What the requests of the month would cost with provisioned capacity, in US dollars. */
function provisionedUsd(priced: Priced): number {
  const { reads, writes, indexWrites } = tableUnitsInMonth(priced);
  const byHour = shareByHour(priced.workload);
  const hours = (units: number) => unitHours(units, byHour);
  return (
    priced.book.usd('dynamodb.provisioned.write', quantity(hours(writes) + hours(indexWrites), 'WCU-hour')) +
    priced.book.usd('dynamodb.provisioned.read', quantity(hours(reads), 'RCU-hour'))
  );
}

/** On-demand capacity where the load is steady enough for provisioned one. */
export function provisionedWarnings(priced: Priced): CostWarning[] {
  const onDemand = typicalUsd(priced, ({ area, item }) => area === 'table' && /writes|reads/.test(item));
  const saved = onDemand - provisionedUsd(priced);
  if (saved < WORTH_SAYING) return [];
  const sentence = `Provisioned capacity that follows the day's curve at ${TARGET_USE * 100} % use would cost $${(onDemand - saved).toFixed(0)} for the table's requests instead of $${onDemand.toFixed(0)}. It refuses sudden bursts, which on-demand capacity takes.`;
  return [{ code: 'provisioned-is-cheaper', sentence, usd: saved }];
}
