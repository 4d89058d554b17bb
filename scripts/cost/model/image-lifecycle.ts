import { PRICE_UNITS, type PriceName } from '../../../stacks/prices/price-units.ts';
import { type LifecycleReport, lifecycleReport } from '../lifecycle/lifecycle-report.ts';
import { priceDates } from '../report/used-prices.ts';
import type { ModelInput } from './context.ts';
import { contextOf } from './cost-model.ts';
import { MONTHS, objectMixes, rulesOf } from './object-mixes.ts';

/** The prices that the comparison is made of. */
const STORAGE_PRICES = (Object.keys(PRICE_UNITS) as PriceName[]).filter((name) =>
  /^s3\.(standard|standard-ia|glacier-ir|intelligent-tiering(\.(frequent|infrequent|archive-instant))?)\.(storage|get|retrieval|transition|monitoring)$/.test(
    name,
  ),
);

/** Compares what the images of a workload cost by each lifecycle rule of an environment, and by others. */
export function imageLifecycle(input: ModelInput): LifecycleReport {
  const { book, workload } = input;
  const rules = rulesOf(input);
  const { trafficSettings } = contextOf(input);
  const prices = priceDates(STORAGE_PRICES.map((name) => ({ name, ...book.row(name) })));
  return { ...lifecycleReport(objectMixes(workload, trafficSettings), rules, { book, months: MONTHS }), prices };
}
