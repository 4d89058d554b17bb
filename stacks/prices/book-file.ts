import { readdirSync, readFileSync } from 'node:fs';
import { CommandError } from '../../scripts/command-line.ts';
import type { PriceName, Unit } from './price-units.ts';

const FOLDER = new URL('./', import.meta.url);
const BOOK = /^([a-z]{2}(?:-[a-z]+)+-\d)\.json$/;

/** The name of the source of a figure, and the day on which the source said so. */
export interface Dated {
  source: string;
  date: string;
}

/** A price from an amount a month upwards. An allowance is what an account gets free, whatever else is in it. */
export interface Tier {
  from: number;
  usd: number;
  allowance?: true;
}

/** Dollars for `per` units: one price, or tiers by the amount in a month. */
export interface RowInFile extends Dated {
  usd?: number;
  tiers?: readonly Tier[];
  per: number;
  unit: Unit;
}

export interface InstanceInFile {
  /** Dollars an hour for Linux. */
  onDemand: Dated & { usd: number };
  /** The mean saving of spot as a share of on demand, and the band of AWS's advisor: 0 is under 5 % interrupted a month, 4 over 20 %. */
  spot?: Dated & { saving: number; interruptionBand: number };
}

/** A file of prices of one region, as price-book.schema.json describes it. */
export interface BookFile {
  region: string;
  /** The addresses of the sources, by the names that rows have for them. `quoted` begins the name of an address that was read in a quotation of it. */
  sources: Record<string, string>;
  prices: Partial<Record<PriceName, RowInFile>>;
  instances: Record<string, InstanceInFile>;
}

/** The regions that have a book. */
export const BOOK_REGIONS: readonly string[] = readdirSync(FOLDER).flatMap((name) => BOOK.exec(name)?.[1] ?? []);

export const bookPath = (region: string): string => `stacks/prices/${region}.json`;

export function readBookFile(region: string): BookFile {
  if (!BOOK_REGIONS.includes(region))
    throw new CommandError(
      `There are no prices of ${region}: the regions with a file in stacks/prices are ${BOOK_REGIONS.join(' and ')}. Copy one of them to ${region}.json, put that region's prices there, and try again.`,
    );
  return JSON.parse(readFileSync(new URL(`${region}.json`, FOLDER), 'utf8')) as BookFile;
}
