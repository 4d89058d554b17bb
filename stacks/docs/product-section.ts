import { linesOf, productChangesOf } from '../../scripts/cost/model/cost-model.ts';
import type { Lever } from '../../scripts/cost/report/cost-report.ts';
import { WORKLOADS } from '../../scripts/cost/workloads/all-workloads.ts';
import { code, table } from '../../scripts/docs/markdown.ts';
import { prod } from '../environments/prod.ts';
import { monthlyContext, type Stacks, wholeDollars } from './monthly-cost.ts';

/** What changes of the product would save a month in prod: for each workload the five that save most, in whole dollars. */
export function productSection(stacks: Stacks): string {
  const columns = Object.values(WORKLOADS).map((workload) => {
    const context = monthlyContext(stacks, prod, workload);
    return productChangesOf({ ...context, ...linesOf(context) });
  });
  const changes = new Map(columns.flat().map((lever) => [lever.change, lever]));
  const savedIn = (column: readonly Lever[], wanted: string): string => {
    const found = column.find(({ change }) => change === wanted);
    return found && found.saves >= 0.5 ? wholeDollars(found.saves) : '';
  };
  const rows = [...changes.values()].map(({ change, risk }) => [
    change,
    ...columns.map((column) => savedIn(column, change)),
    risk,
  ]);
  return table(['change of the product', ...Object.keys(WORKLOADS).map(code), 'what it risks'], rows);
}
