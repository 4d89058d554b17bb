import { readFileSync } from 'node:fs';
import { CommandError } from '../../scripts/command-line.ts';
import { BOOK_REGIONS, bookPath, readBookFile, type Tier } from './book-file.ts';
import { PRICE_UNITS, type PriceName } from './price-units.ts';
import { faultsOf } from './schemas.ts';

/** A share of the use that is committed to in advance, and the discount on that share; both are between 0 and 1. */
export interface Commitment {
  share: number;
  discount: number;
}

/**
 * What differs from the list prices. Names are those of prices, or `instances.c7g.large`; a name that ends in `.*` stands for all that begin so,
 * and of several the longest counts.
 */
export interface PriceOverrides {
  /** Dollars for as many units as the row's `per`, in place of the list price, beyond what the account gets free. */
  prices?: Partial<Record<PriceName, number | readonly Tier[]>>;
  /** Dollars an hour. */
  instances?: Record<string, { onDemand?: number; spot?: number }>;
  /** Shares of the list price that are taken off. A price of its own, and spot, have none. */
  discounts?: Record<string, number>;
  /** Of on-demand instances and of Fargate that is not spot. */
  savingsPlans?: { compute?: Commitment };
  /** Reserved instances and capacity, and commitments such as CloudFront's. */
  reserved?: Record<string, Commitment>;
}

const BOOKS = BOOK_REGIONS.map(bookPath).join(' and ');

const matches = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));

/** The rule whose pattern fits a name and is the longest. */
export function ruleFor<T>(rules: Record<string, T> | undefined, name: string): T | undefined {
  const fitting = Object.keys(rules ?? {}).filter((pattern) => matches(pattern, name));
  const longest = fitting.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : rules?.[longest];
}

/** The fields that name nothing that has a price. */
function unknownNames({ prices = {}, instances = {}, discounts = {}, reserved = {} }: PriceOverrides): string[] {
  const types = BOOK_REGIONS.flatMap((region) => Object.keys(readBookFile(region).instances));
  const names = [...Object.keys(PRICE_UNITS), ...types.map((type) => `instances.${type}`)];
  const unpriced = (patterns: object) =>
    Object.keys(patterns).filter((pattern) => !names.some((name) => matches(pattern, name)));
  const fields = [
    ...Object.keys(prices).flatMap((name) => (Object.hasOwn(PRICE_UNITS, name) ? [] : [`prices: ${name}`])),
    ...unpriced(discounts).map((pattern) => `discounts: ${pattern}`),
    ...unpriced(reserved).map((pattern) => `reserved: ${pattern}`),
  ];
  return [
    ...fields.map(
      (field) => `${field} is the name of no price: see stacks/prices/price-units.ts and instances in ${BOOKS}`,
    ),
    ...Object.keys(instances)
      .filter((type) => !types.includes(type))
      .map((type) => `instances: ${type} is a type of machine without a list price: see instances in ${BOOKS}`),
  ];
}

/** The prices whose tiers do not begin with nothing and rise. */
const unorderedTiers = ({ prices }: PriceOverrides): string[] =>
  Object.entries(prices ?? {}).flatMap(([name, tiers]) =>
    Array.isArray(tiers) && tiers.some(({ from }, index) => (index === 0 ? from !== 0 : from <= tiers[index - 1].from))
      ? [`prices: the tiers of ${name} must begin from 0, and each from more than the one before`]
      : [],
  );

/** Reads a file of overrides. Its errors name the file and the field. */
export function readOverrides(path: string): PriceOverrides {
  let overrides: PriceOverrides;
  try {
    overrides = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${path} could not be read as JSON: ${(error as Error).message}`);
  }
  const faults = faultsOf('overrides', overrides);
  const all = faults.length > 0 ? faults : [...unknownNames(overrides), ...unorderedTiers(overrides)];
  if (all.length > 0) throw new CommandError(all.map((fault) => `${path}: ${fault}`).join('\n'));
  return overrides;
}
