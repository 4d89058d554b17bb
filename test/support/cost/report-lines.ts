import { expect } from 'chai';
import { contextOf, linesOf } from '../../../scripts/cost/model/cost-model.ts';
import type { CostLine, Range } from '../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from './fixed-prices.ts';
import { PLAIN } from './plain-workload.ts';
import { type Changes, synthesised } from './synthesised.ts';

/** The lines of an environment with a workload, at fixed prices and with the storage of month 13. */
export const report = (workload: Workload = PLAIN, changes: Changes = {}, name: 'prod' | 'dev' = 'prod'): CostLine[] =>
  linesOf(contextOf({ environment: synthesised(name, changes), workload, book: fixedPrices(), month: 13 })).lines;

/** The dollars of all lines of an item. */
export const usdOf = (lines: readonly CostLine[], item: string, each: keyof Range = 'typical'): number =>
  lines.filter((line) => line.item === item).reduce((sum, { usd }) => sum + usd[each], 0);

/** Within 1 % of what was computed by hand. */
export const expectUsd = (found: readonly CostLine[], item: string, byHand: number): void => {
  expect(usdOf(found, item), item).to.be.closeTo(byHand, byHand / 100);
};
