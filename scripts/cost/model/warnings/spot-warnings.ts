import { formatNumber, formatUsd } from '../../report/amounts.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import { compareCompute } from '../compute/compute-lines.ts';
import { serviceCounts } from '../compute/service-counts.ts';
import type { Fleet, ServiceFacts } from '../compute/service-facts.ts';
import type { Priced } from '../unit-prices.ts';

/** A number of instances that are always on demand, but has no effect: because all are, or because there are never so many. */
export const onDemandBaseWarnings = (priced: Priced): CostWarning[] =>
  priced.services.flatMap((facts) => {
    const { fleet } = facts;
    return fleet && fleet.onDemandBase > 0 ? warningOf({ ...facts, fleet }, priced) : [];
  });

function warningOf(facts: ServiceFacts & { fleet: Fleet }, priced: Priced): CostWarning[] {
  const { service, fleet } = facts;
  const warning = (sentence: string, usd = 0): CostWarning[] => [{ code: 'on-demand-base', sentence, usd }];
  if (fleet.onDemandShare === 1)
    return warning(
      `onDemandBase of ${service} is ${fleet.onDemandBase} and has no effect: onDemandPercent is 100, so that every instance is on demand.`,
    );
  const counts = serviceCounts(facts, priced.traffic, priced.workload).instances?.typical ?? [];
  const needed = Math.ceil(Math.max(0, ...counts.map(({ instances }) => instances)));
  if (fleet.onDemandBase <= needed) return [];
  const { onDemand, spot } = compareCompute(facts, priced);
  const saved = onDemand.typical - spot.typical;
  return warning(
    `onDemandBase of ${service} is ${fleet.onDemandBase}, and this workload needs ${formatNumber(needed)} instances at most: what is above that has no effect, and nothing runs on spot, where the same work would cost ${formatUsd(saved)} less.`,
    saved,
  );
}
