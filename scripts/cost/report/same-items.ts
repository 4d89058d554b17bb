import { type CostLine, sumOf } from './cost-report.ts';

/** A line without its resource. */
export type Item = Pick<CostLine, 'area' | 'item' | 'quantity' | 'usd'>;

/** One line for all that have the same name, such as three gateways, in the order of the first of each. */
export function sameItems(lines: readonly CostLine[]): Item[] {
  const byName = Map.groupBy(lines, ({ area, item }) => `${area}: ${item}`);
  return [...byName.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const amount = same.reduce((sum, { quantity }) => sum + quantity.amount, 0);
    const { area, item } = first;
    return [{ area, item, quantity: { amount, unit: first.quantity.unit }, usd: sumOf(same.map(({ usd }) => usd)) }];
  });
}
