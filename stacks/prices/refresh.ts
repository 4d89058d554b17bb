import { readFileSync } from 'node:fs';
import { CommandError } from '../../scripts/command-line.ts';
import type { BookFile } from './book-file.ts';
import { type OfferFile, type Refreshed, regionOf, withOffer } from './price-list.ts';
import { faultsOf } from './schemas.ts';
import { type SpotAdvisor, withSpotAdvisor } from './spot-advisor.ts';
import { tiersOf } from './tiers.ts';

type PriceFile = OfferFile | SpotAdvisor;

const isSpotAdvisor = (file: PriceFile): file is SpotAdvisor => 'spot_advisor' in file;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isOffer = ({ offerCode, products, terms }: Partial<OfferFile>): boolean =>
  typeof offerCode === 'string' &&
  [products, terms].every(isObject) &&
  Object.values(products ?? {}).every((product) => isObject(product?.attributes));

/** Reads a file of AWS with prices, and says what is wrong with another. */
export function readPriceFile(path: string): PriceFile {
  let file: Partial<OfferFile & SpotAdvisor>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${path} could not be read as JSON: ${(error as Error).message}`);
  }
  if (isObject(file?.spot_advisor)) return file as SpotAdvisor;
  if (file?.formatVersion === 'v1.0' && isOffer(file)) return file as OfferFile;
  throw new CommandError(
    `${path} is neither an offer file of the AWS Price List (JSON, v1.0) nor the data of the spot advisor: see npm run prices -- --help.`,
  );
}

/** The regions whose books a file changes. */
export const regionsOf = (file: PriceFile, books: readonly string[]): string[] =>
  isSpotAdvisor(file) ? books.filter((region) => region in file.spot_advisor) : [regionOf(file)];

/** The book with what the file says. The spot advisor's file is of `today`. A figure that is no price is refused. */
export function refreshed(book: BookFile, file: PriceFile, today: string): Refreshed {
  const after = isSpotAdvisor(file) ? withSpotAdvisor(book, file, today) : withOffer(book, file);
  const faults = faultsOf('price-book', after.file);
  if (faults.length === 0) return after;
  throw new CommandError(['The file has figures that are no prices, and nothing was written:', ...faults].join('\n  '));
}

/** The figures of a book by name, as people compare them. */
function figures({ prices, instances }: BookFile): Map<string, string> {
  const rows = Object.entries(prices).map(([name, row]): [string, string] => {
    const costs = tiersOf(row).map(({ from, usd }) => (from > 0 ? `$${usd} from ${from}` : `$${usd}`));
    return [name, `${costs.join(', ')} per ${row.per === 1 ? '' : `${row.per} × `}${row.unit}`];
  });
  const types = Object.entries(instances).flatMap(([type, { onDemand, spot }]): [string, string][] => [
    [type, `$${onDemand.usd} per hour`],
    ...(spot
      ? ([[`${type} on spot`, `${Math.round(spot.saving * 100)} % less, band ${spot.interruptionBand}`]] as [
          string,
          string,
        ][])
      : []),
  ]);
  return new Map([...rows, ...types]);
}

/** What differs between two states of a book, a line for each figure. */
export function changesBetween(before: BookFile, after: BookFile): string[] {
  const old = figures(before);
  return [...figures(after)].flatMap(([name, text]) =>
    old.get(name) === text ? [] : [`${name}: ${old.get(name) ?? 'missing'} → ${text}`],
  );
}
