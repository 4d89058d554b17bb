import { CommandError } from '../../scripts/command-line.ts';
import {
  BOOK_REGIONS,
  type BookFile,
  bookPath,
  type Dated,
  type InstanceInFile,
  type RowInFile,
  readBookFile,
  type Tier,
} from './book-file.ts';
import { negotiatedInstance, negotiatedTiers } from './negotiated-prices.ts';
import type { PriceOverrides } from './overrides.ts';
import { PRICE_UNITS, type PriceName, type Quantity, type Unit, type UnitOf } from './price-units.ts';
import { tiersOf, usdOf, withoutAllowance } from './tiers.ts';

/** The address at which a figure was read, and the day on which it said so. */
interface Read {
  source: string;
  date: string;
}

/** Dollars for `per` units, by tiers of the amount in a month. */
export interface PriceRow extends Read {
  tiers: readonly Tier[];
  per: number;
  unit: Unit;
}

interface InstancePrice {
  /** Dollars an hour. */
  onDemand: number;
  /** Dollars an hour without any discount, which AWS asks at most on spot too. */
  listOnDemand: number;
  /** Dollars an hour, on average. */
  spot: number;
  /** The saving of spot as a share of on demand. */
  saving: number;
  /** 0 is under 5 % interrupted a month, 1 to 10 %, 2 to 15 %, 3 to 20 %, 4 more. */
  interruptionBand: number;
  /** Whether saving and band are the median of the book's other types, because no source has this type. */
  assumed: boolean;
  /** Where the figures are from; no spot if it is assumed. */
  read: { onDemand: Read; spot?: Read };
}

/** The prices of one region. */
export interface PriceBook {
  region: string;
  /** The dates of the oldest and the newest figure, as 2026-07-20. */
  oldest: string;
  newest: string;
  /** Dollars for an amount in a month. */
  usd<N extends PriceName>(name: N, quantity: Quantity<UnitOf<N>>): number;
  /** The same without what was negotiated. */
  listUsd<N extends PriceName>(name: N, quantity: Quantity<UnitOf<N>>): number;
  row(name: PriceName): PriceRow;
  instance(type: string): InstancePrice;
  /** The prices that neither the region's file nor the overrides have. Asking for one of them throws, so that nothing is priced as nothing. */
  missing: readonly PriceName[];
}

/** How a price book differs from the list prices. */
export interface PriceBookOptions {
  overrides?: PriceOverrides;
  /** Whether what an account gets free each month is free. It is not where something else in the account uses it up. */
  allowances?: boolean;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const missingInstance = (type: string, region: string): CommandError =>
  new CommandError(`${bookPath(region)} has no price of ${type}. Add it with its source and date, and try again.`);

const missingPrice = (name: PriceName, region: string): CommandError =>
  new CommandError(
    `${bookPath(region)} has no price of ${name}, because no public source had it. Read it on AWS's page, give it in a file of overrides (--prices FILE: docs/finance.md), and try again. npm run prices:check names all that are missing.`,
  );

/** A price that only the overrides have, for as many units as in the file of another region; they have no date of their own. */
function ownRow(name: PriceName, { prices = {} }: PriceOverrides, date: string): RowInFile | undefined {
  if (prices[name] === undefined) return undefined;
  const [other] = BOOK_REGIONS.flatMap((region) => readBookFile(region).prices[name] ?? []);
  return other && { ...other, source: 'the overrides', date };
}

function instancePrice(type: string, { region, instances, sources }: BookFile): InstancePrice {
  const found = instances[type];
  if (!found) throw missingInstance(type, region);
  const known = Object.values(instances).flatMap(({ spot }) => spot ?? []);
  const saving = found.spot?.saving ?? median(known.map((spot) => spot.saving));
  const interruptionBand = found.spot?.interruptionBand ?? median(known.map((spot) => spot.interruptionBand));
  const onDemand = found.onDemand.usd;
  const readOf = ({ source, date }: Dated): Read => ({ source: sources[source] ?? source, date });
  const read = { onDemand: readOf(found.onDemand), ...(found.spot && { spot: readOf(found.spot) }) };
  return {
    onDemand,
    listOnDemand: onDemand,
    spot: onDemand * (1 - saving),
    saving,
    interruptionBand,
    assumed: !found.spot,
    read,
  };
}

const datesOf = ({ prices, instances }: BookFile): string[] =>
  [
    ...Object.values(prices),
    ...Object.values(instances).flatMap(({ onDemand, spot }: InstanceInFile) => [onDemand, ...(spot ? [spot] : [])]),
  ]
    .map(({ date }) => date)
    .toSorted();

/** The prices of a region, for an account with these overrides. */
export function readPriceBook(region: string, { overrides = {}, allowances = true }: PriceBookOptions = {}): PriceBook {
  const file = readBookFile(region);
  const dates = datesOf(file);
  const rowWith = (negotiated: PriceOverrides, name: PriceName): PriceRow => {
    const found = file.prices[name] ?? ownRow(name, overrides, dates.at(-1) ?? '');
    if (!found) throw missingPrice(name, region);
    const { per, unit, date } = found;
    const all = negotiatedTiers(name, tiersOf(found), negotiated);
    const tiers = allowances ? all : withoutAllowance(all);
    return { tiers, per, unit, source: file.sources[found.source] ?? found.source, date };
  };
  const usdWith =
    (negotiated: PriceOverrides): PriceBook['usd'] =>
    (name, { amount }) => {
      const { tiers, per } = rowWith(negotiated, name);
      return usdOf(tiers, per, amount);
    };
  return {
    region,
    oldest: dates[0] ?? '',
    newest: dates.at(-1) ?? '',
    usd: usdWith(overrides),
    listUsd: usdWith({}),
    row: (name) => rowWith(overrides, name),
    instance: (type) => negotiatedInstance(type, instancePrice(type, file), overrides),
    missing: (Object.keys(PRICE_UNITS) as PriceName[]).filter(
      (name) => !file.prices[name] && overrides.prices?.[name] === undefined,
    ),
  };
}
