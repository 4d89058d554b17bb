import { expect } from 'chai';
import { contextOf, linesOf } from '../../../scripts/cost/model/cost-model.ts';
import type { CostLine, Range } from '../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../scripts/cost/workloads/workload.ts';
import type { Stack, SynthesisedEnvironment } from '../../../scripts/target-stack/synthesised-environment.ts';
import { fixedPrices } from './fixed-prices.ts';
import { PLAIN } from './plain-workload.ts';
import { type Changes, synthesised } from './synthesised.ts';

const linesWith = (environment: SynthesisedEnvironment, workload: Workload): CostLine[] =>
  linesOf(contextOf({ environment, workload, book: fixedPrices(), month: 13 })).lines;

/** The lines of an environment with a workload, at fixed prices and with the storage of month 13. */
export const report = (workload: Workload = PLAIN, changes: Changes = {}, name: 'prod' | 'dev' = 'prod'): CostLine[] =>
  linesWith(synthesised(name, changes), workload);

/** The same of prod with a platform that no setting makes. */
export function reportOfPlatform(change: (resources: Stack['resource']) => void, workload = PLAIN): CostLine[] {
  const environment = synthesised('prod');
  const platform = structuredClone(environment.platform);
  change(platform.resource);
  return linesWith({ ...environment, platform }, workload);
}

/** The amount of all lines of an item, in the unit of its price. */
export const amountOf = (lines: readonly CostLine[], item: string): number =>
  lines.filter((line) => line.item === item).reduce((sum, { quantity }) => sum + quantity.amount, 0);

/** The dollars of all lines of an item. */
export const usdOf = (lines: readonly CostLine[], item: string, each: keyof Range = 'typical'): number =>
  lines.filter((line) => line.item === item).reduce((sum, { usd }) => sum + usd[each], 0);

/** Within 1 % of what was computed by hand. */
export const expectUsd = (found: readonly CostLine[], item: string, byHand: number): void => {
  expect(usdOf(found, item), item).to.be.closeTo(byHand, byHand / 100);
};
