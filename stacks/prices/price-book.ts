import { CommandError } from '../../scripts/command-line.ts';
import { type BookFile, bookPath, type InstanceInFile, readBookFile, type Tier } from './book-file.ts';
import type { PriceName, Quantity, Unit, UnitOf } from './price-units.ts';
import { tiersOf, usdOf, withoutAllowance } from './tiers.ts';

/** Dollars for `per` units, by tiers of the amount in a month. */
export interface PriceRow {
  tiers: readonly Tier[];
  per: number;
  unit: Unit;
  /** The address at which the price was read, and the day on which it said so. */
  source: string;
  date: string;
}

export interface InstancePrice {
  /** Dollars an hour. */
  onDemand: number;
  /** Dollars an hour, on average. */
  spot: number;
  /** The saving of spot as a share of on demand. */
  saving: number;
  /** 0 is under 5 % interrupted a month, 1 to 10 %, 2 to 15 %, 3 to 20 %, 4 more. */
  interruptionBand: number;
  /** Whether saving and band are the median of the book's other types, because no source has this type. */
  assumed: boolean;
}

/** The prices of one region. */
export interface PriceBook {
  region: string;
  /** The dates of the oldest and the newest figure, as 2026-07-20. */
  oldest: string;
  newest: string;
  /** Dollars for an amount in a month. */
  usd<N extends PriceName>(name: N, quantity: Quantity<UnitOf<N>>): number;
  row(name: PriceName): PriceRow;
  instance(type: string): InstancePrice;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const missing = (what: string, region: string): CommandError =>
  new CommandError(`${bookPath(region)} has no price of ${what}. Add it with its source and date, and try again.`);

function instancePrice(type: string, { region, instances }: BookFile): InstancePrice {
  const found = instances[type];
  if (!found) throw missing(type, region);
  const known = Object.values(instances).flatMap(({ spot }) => spot ?? []);
  const saving = found.spot?.saving ?? median(known.map((spot) => spot.saving));
  const interruptionBand = found.spot?.interruptionBand ?? median(known.map((spot) => spot.interruptionBand));
  const onDemand = found.onDemand.usd;
  return { onDemand, spot: onDemand * (1 - saving), saving, interruptionBand, assumed: !found.spot };
}

const datesOf = ({ prices, instances }: BookFile): string[] =>
  [
    ...Object.values(prices),
    ...Object.values(instances).flatMap(({ onDemand, spot }: InstanceInFile) => [onDemand, ...(spot ? [spot] : [])]),
  ]
    .map(({ date }) => date)
    .toSorted();

/** The prices of a region. Without `allowances`, what an account gets free each month costs what the next unit costs. */
export function readPriceBook(region: string, { allowances = true } = {}): PriceBook {
  const file = readBookFile(region);
  const dates = datesOf(file);
  const row = (name: PriceName): PriceRow => {
    const found = file.prices[name];
    if (!found) throw missing(name, region);
    const { per, unit, date } = found;
    const tiers = allowances ? tiersOf(found) : withoutAllowance(tiersOf(found));
    return { tiers, per, unit, source: file.sources[found.source] ?? found.source, date };
  };
  return {
    region,
    oldest: dates[0] ?? '',
    newest: dates.at(-1) ?? '',
    usd: (name, { amount }) => usdOf(row(name).tiers, row(name).per, amount),
    row,
    instance: (type) => instancePrice(type, file),
  };
}
