import { contextOf, linesOf } from '../../../scripts/cost/model/cost-model.ts';
import type { Priced } from '../../../scripts/cost/model/unit-prices.ts';
import type { Workload } from '../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from './fixed-prices.ts';
import { type Changes, type SETTINGS, synthesised } from './synthesised.ts';

/** The month 13 of an environment, with its lines. */
export function pricedMonth(name: keyof typeof SETTINGS, workload: Workload, changes: Changes = {}): Priced {
  const context = contextOf({ environment: synthesised(name, changes), workload, book: fixedPrices(), month: 13 });
  return { ...context, ...linesOf(context) };
}
