import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import { PRICE_UNITS, type PriceName } from '../../../stacks/prices/price-units.ts';
import type { CostReport, PriceDates } from './cost-report.ts';
import type { UsedPrice } from './html/assumption-section.ts';

/** Ends the name of an instance type's price on spot. */
export const ON_SPOT = ' on spot';

const isPriceName = (name: string): name is PriceName => Object.hasOwn(PRICE_UNITS, name);

const isSpot = (name: string): boolean => name.endsWith(ON_SPOT) || name.startsWith('fargate-spot.');

/** A price of the book by its name. A price of spot that is assumed has no source and no day. */
function usedPrice(name: string, book: PriceBook): UsedPrice | undefined {
  if (isPriceName(name)) return { name, ...book.row(name) };
  const { onDemand, spot, read } = book.instance(name.replace(ON_SPOT, ''));
  const [usd, from] = isSpot(name) ? [spot, read.spot] : [onDemand, read.onDemand];
  return from && { name, tiers: [{ from: 0, usd }], per: 1, unit: 'hour', ...from };
}

/** The prices of the book that a report has used, by name. */
export const usedPrices = ({ lines, compute }: Pick<CostReport, 'lines' | 'compute'>, book: PriceBook): UsedPrice[] =>
  [...new Set([...lines, ...compute].flatMap(({ prices }) => prices))]
    .sort()
    .flatMap((name) => usedPrice(name, book) ?? []);

/** The first and the last day of some prices. */
export function priceDates(prices: readonly Pick<UsedPrice, 'name' | 'date'>[]): PriceDates {
  const days = (wanted: typeof prices) => {
    const dates = wanted.map(({ date }) => date).toSorted();
    return { oldest: dates[0] ?? '', newest: dates.at(-1) ?? '' };
  };
  const spot = prices.filter(({ name }) => isSpot(name));
  return { ...days(prices.filter((price) => !spot.includes(price))), ...(spot.length > 0 && { spot: days(spot) }) };
}

const span = (oldest: string, newest: string): string => (oldest === newest ? oldest : `${oldest} to ${newest}`);

/** The days of prices, for people. */
export const priceDatesText = ({ oldest, newest, spot }: PriceDates): string =>
  `prices of ${span(oldest, newest)}${spot ? `, of spot ${span(spot.oldest, spot.newest)}` : ''}`;
