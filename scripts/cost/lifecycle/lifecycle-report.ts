import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import { DAYS_A_MONTH } from '../workloads/workload.ts';
import { cumulative, monthsToRepay, type PricedRules, paysFromBytes, paysFromIndex } from './break-even.ts';
import {
  forAllSizes,
  type LifecycleCandidate,
  lifecycleCandidates,
  withoutTransitions,
} from './lifecycle-candidates.ts';
import type { LifecycleRules } from './lifecycle-rules.ts';
import { TRANSITION_CLASSES } from './storage-classes.ts';
import { bandMonths, type ObjectMix, type SizeBand, type StorageMonth, sumOfMonths } from './storage-months.ts';
import { priceAt, type StoragePrice, type StorageRates, storageRates } from './storage-price.ts';

/** What some objects cost under some rules, in US dollars, from the first month of an environment that begins empty. */
export interface LifecycleCosts {
  months: readonly StoragePrice[];
  /** The sum up to each month. */
  cumulativeUsd: readonly number[];
  /** Objects that were moved in all months. */
  moved: number;
  /** The first month, from 1, from which all months together have cost less than without transitions; undefined if there is none. */
  paysFromMonth: number | undefined;
}

export interface BandCosts extends LifecycleCosts, SizeBand {
  objectsPerMonth: number;
  /** Months after its move until an object has repaid it; undefined if it does not in all months. */
  repaidAfterMonths: number | undefined;
}

export interface CandidateCosts extends LifecycleCosts {
  name: string;
  bands: readonly BandCosts[];
  /** The bytes from which an object repays its move, whatever the rule's filter says; undefined for no size. */
  paysFromBytes: number | undefined;
}

export interface PrefixCosts {
  prefix: string;
  objectsPerMonth: number;
  unmoved: LifecycleCosts & { bands: readonly LifecycleCosts[] };
  candidates: readonly CandidateCosts[];
}

export interface LifecycleReport {
  region: string;
  prices: { oldest: string; newest: string };
  months: number;
  prefixes: readonly PrefixCosts[];
}

interface Comparison {
  mix: ObjectMix;
  book: PriceBook;
  months: number;
}

/** Compares rules for the objects of each mix, by their sizes. Parts of abandoned uploads are left out, because no rule moves them. */
export function lifecycleReport(
  mixes: readonly ObjectMix[],
  rules: LifecycleRules,
  { book, months = 24 }: { book: PriceBook; months?: number },
): LifecycleReport {
  return {
    region: book.region,
    prices: { oldest: book.oldest, newest: book.newest },
    months,
    prefixes: mixes.map((mix) => prefixCosts(rules, { mix, book, months })),
  };
}

interface Simulated {
  costs: LifecycleCosts & { bands: LifecycleCosts[] };
  /** The prices of the last month, in which most is stored. */
  priced: PricedRules;
}

/** Follows all bands together, so that each has its part of what the tiers of prices save. */
function simulate(rules: LifecycleRules, { mix, book, months }: Comparison, unmoved?: Simulated): Simulated {
  const bands = mix.sizes.map((band) => bandMonths(mix, band, rules, months));
  const total = sumOfMonths(bands, months);
  const rates = total.map((month) => storageRates(month, book));
  const costs = costsOf(total, rates, unmoved?.costs);
  const costsOfBands = bands.map((band, index) => costsOf(band, rates, unmoved?.costs.bands[index]));
  const last = rates.at(-1) ?? storageRates(sumOfMonths([], 1)[0] as StorageMonth, book);
  return { costs: { ...costs, bands: costsOfBands }, priced: { prefix: mix.prefix, rules, rates: last } };
}

function costsOf(
  months: readonly StorageMonth[],
  rates: readonly StorageRates[],
  unmoved?: LifecycleCosts,
): LifecycleCosts {
  const prices = months.flatMap((month, index) => {
    const ratesOfMonth = rates[index];
    return ratesOfMonth ? [priceAt(month, ratesOfMonth)] : [];
  });
  const usd = prices.map((price) => price.usd);
  const index =
    unmoved &&
    paysFromIndex(
      usd,
      unmoved.months.map((price) => price.usd),
    );
  const moved = months.flatMap(({ transitions }) => TRANSITION_CLASSES.map((name) => transitions[name]));
  return {
    months: prices,
    cumulativeUsd: cumulative(usd),
    moved: cumulative(moved).at(-1) ?? 0,
    paysFromMonth: index === undefined ? undefined : index + 1,
  };
}

function prefixCosts(rules: LifecycleRules, comparison: Comparison): PrefixCosts {
  const { mix } = comparison;
  const unmoved = simulate(withoutTransitions(rules, mix.prefix), comparison);
  return {
    prefix: mix.prefix,
    objectsPerMonth: mix.perMonth,
    unmoved: unmoved.costs,
    candidates: withoutRepeated(
      lifecycleCandidates(rules, mix.prefix).map((each) => candidateCosts(each, comparison, unmoved)),
    ),
  };
}

/** Leaves out an alternative that does for objects of every size what a rule of the stack does already. */
const withoutRepeated = (candidates: readonly CandidateCosts[]): CandidateCosts[] => {
  const costsOfSizes = ({ bands }: CandidateCosts) => JSON.stringify(bands.map(({ cumulativeUsd }) => cumulativeUsd));
  const firsts = new Map(candidates.toReversed().map((each) => [costsOfSizes(each), each]));
  return candidates.filter((each) => each.moved === 0 || firsts.get(costsOfSizes(each)) === each);
};

function candidateCosts(
  { name, rules }: LifecycleCandidate,
  comparison: Comparison,
  unmoved: Simulated,
): CandidateCosts {
  const { mix, months } = comparison;
  const { costs, priced } = simulate(rules, comparison, unmoved);
  const dayCount = Math.ceil(months * DAYS_A_MONTH);
  const bands = mix.sizes.flatMap((band, index) => {
    const ofBand = costs.bands[index];
    const repaidAfterMonths = monthsToRepay({ ...mix, bytes: band.meanBytes }, [priced, unmoved.priced], dayCount);
    return ofBand ? [{ ...ofBand, ...band, objectsPerMonth: mix.perMonth * band.share, repaidAfterMonths }] : [];
  });
  const everySize = { ...priced, rules: forAllSizes(rules) };
  return { ...costs, name, bands, paysFromBytes: paysFromBytes(mix, [everySize, unmoved.priced], dayCount) };
}
