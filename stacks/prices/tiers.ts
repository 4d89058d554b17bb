import type { RowInFile, Tier } from './book-file.ts';

export const tiersOf = ({ usd, tiers }: Pick<RowInFile, 'usd' | 'tiers'>): readonly Tier[] =>
  tiers ?? [{ from: 0, usd: usd ?? Number.NaN }];

/** The tiers of someone whose account's free allowance is used up by something else: the first that costs begins at nothing. */
export function withoutAllowance(tiers: readonly Tier[]): readonly Tier[] {
  const [first, ...others] = tiers.filter(({ allowance }) => !allowance);
  return first ? [{ ...first, from: 0 }, ...others] : tiers;
}

/** Other prices in place of a list's, which begin where its free allowance ends. */
export function ownTiers(list: readonly Tier[], own: readonly Tier[]): readonly Tier[] {
  const free = list.filter(({ allowance }) => allowance);
  const start = list[free.length]?.from ?? 0;
  const [first, ...others] = own;
  return first ? [...free, { ...first, from: start }, ...others.filter(({ from }) => from > start)] : list;
}

/** Dollars for an amount in a month, each part of it at the price of its own tier. */
export function usdOf(tiers: readonly Tier[], per: number, amount: number): number {
  if (!(amount >= 0)) throw new RangeError(`${amount} is not an amount that can be priced.`);
  return tiers.reduce((sum, { from, usd }, index) => {
    const until = Math.min(amount, tiers[index + 1]?.from ?? Number.POSITIVE_INFINITY);
    return until > from ? sum + ((until - from) / per) * usd : sum;
  }, 0);
}
