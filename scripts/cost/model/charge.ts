import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import { PRICE_UNITS, type PriceName, quantity, type Unit } from '../../../stacks/prices/price-units.ts';
import { type Area, type CostLine, type Range, sumOf } from '../report/cost-report.ts';

/** An amount at a price of the book, or dollars that were worked out from prices of instances. */
type Charge = { price: PriceName; amount: Range } | { usd: Range; per: string; figures: readonly string[] };

/** A line before it is priced. */
export interface Billed {
  area: Area;
  item: string;
  resource?: string;
  /** Where the amount comes from, for people. */
  how: string;
  /** The first charge gives the line its quantity, unless there is one here. */
  quantity?: { amount: number; unit: string };
  charges: readonly Charge[];
}

/** The same whether there is work or not. */
export const always = (amount: number): Range => ({ minimum: amount, typical: amount, maximum: amount });

/** Nothing in a month without work, and no limit of the settings beyond what the workload takes. */
export const used = (amount: number): Range => ({ minimum: 0, typical: amount, maximum: amount });

/** What is stored at the end of the month stays, also in a month without work. */
export const kept = always;

export const scaled = ({ minimum, typical, maximum }: Range, factor: number): Range => ({
  minimum: minimum * factor,
  typical: typical * factor,
  maximum: maximum * factor,
});

type Case = keyof Range;
const perCase = (amountIn: (each: Case) => number): Range => ({
  minimum: amountIn('minimum'),
  typical: amountIn('typical'),
  maximum: amountIn('maximum'),
});

/** The dollars that each unit costs on average when so many of them are bought in a month. */
export function averageUsd(name: PriceName, amount: number, book: PriceBook): number {
  const usd = book.usd as (name: PriceName, amount: { amount: number; unit: Unit }) => number;
  // Without any amount, the price of the first unit.
  const asked = amount > 0 ? amount : 1;
  return usd(name, quantity(asked, PRICE_UNITS[name])) / asked;
}

/** Dollars of a unit in each case of a report, and how the typical ones are written beside its amount. */
interface Average extends Range {
  text: string;
}

/** For all prices in a report. */
export type Averages = ReadonlyMap<PriceName, Average>;

const significant = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });

/** What a unit costs, and whether that is a mean: such a one changes with the amount, and with what other lines buy, though no price does. */
export function rateText(rate: number, figures: readonly string[], book: PriceBook): string {
  // Some classes have no price of some things, such as retrieval from S3 Standard.
  const rows = figures
    .filter((name): name is PriceName => Object.hasOwn(PRICE_UNITS, name))
    .map((name) => book.row(name));
  const isPrice = rows.some(({ tiers, per }) => tiers.some(({ usd }) => Math.abs(usd / per - rate) <= rate * 1e-9));
  return `$${significant(rate)}${isPrice ? '' : ' (mean over tiers and after what is free)'}`;
}

/**
 * The average dollars of each price over all lines together: AWS applies tiers and free allowances to the sum of a month, not to a line, so that
 * each line gets its part of both.
 */
export function averagesOf(lines: readonly Billed[], book: PriceBook): Averages {
  const amounts = new Map<PriceName, Range[]>();
  for (const charge of lines.flatMap(({ charges }) => charges))
    if ('price' in charge) amounts.set(charge.price, [...(amounts.get(charge.price) ?? []), charge.amount]);
  return new Map(
    [...amounts].map(([name, ranges]) => {
      const total = sumOf(ranges);
      const average = perCase((each) => averageUsd(name, total[each], book));
      return [name, { ...average, text: rateText(average.typical, [name], book) }];
    }),
  );
}

function usdOf(charge: Charge, averages: Averages): Range {
  if ('usd' in charge) return charge.usd;
  const average = averages.get(charge.price);
  return perCase((each) => charge.amount[each] * (average?.[each] ?? Number.NaN));
}

function explain(charge: Charge, averages: Averages): string {
  if ('usd' in charge) return charge.per;
  return `${significant(charge.amount.typical)} ${PRICE_UNITS[charge.price]} × ${averages.get(charge.price)?.text}`;
}

/** Prices a line. Its sums of dollars are those of its charges. */
export function priced(line: Billed, averages: Averages): CostLine {
  const { area, item, resource, how, charges } = line;
  const [first] = charges;
  const quantityOfFirst =
    first && 'price' in first
      ? { amount: first.amount.typical, unit: PRICE_UNITS[first.price] as string }
      : { amount: 0, unit: '' };
  return {
    area,
    item,
    ...(resource && { resource }),
    quantity: line.quantity ?? quantityOfFirst,
    usd: sumOf(charges.map((charge) => usdOf(charge, averages))),
    arithmetic: `${how}: ${charges.map((charge) => explain(charge, averages)).join(' + ')}`,
    prices: charges.flatMap((charge) => ('price' in charge ? [charge.price] : charge.figures)),
  };
}
