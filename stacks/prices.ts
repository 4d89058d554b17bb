import { appendFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommandError, readArguments, runCommand, WrongUse } from '../scripts/command-line.ts';
import { BOOK_REGIONS, bookPath, readBookFile } from './prices/book-file.ts';
import { bookText } from './prices/book-text.ts';
import { readPriceBook } from './prices/price-book.ts';
import { changesBetween, readPriceFile, refreshed, regionsOf } from './prices/refresh.ts';
import { type PastFigures, pastShelfLife, SHELF_LIFE } from './prices/shelf-life.ts';

const HELP = `npm run prices -- (--check | --refresh FILE…) [OPTIONS]
Keeps the prices of stacks/prices current.

  --check         names the figures that were read longer ago than prices keep: ${SHELF_LIFE.spot} days for spot, ${SHELF_LIFE.list} for the others
  --refresh FILE  puts what a file of AWS says into the books, and prints what changes; several files may follow. Files are those of the
                  Price List for one region, such as
                  https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/us-east-1/index.json (docs of each: offerCode in
                  stacks/prices/usage-types.ts; AmazonEC2's has 440 MB), and https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json
  --today DATE    the day to compare with, and the day of the spot advisor's file, as 2026-11-30  (today)
  --summary FILE  appends what the check finds to a file, as Markdown
  --help          this text

It downloads nothing. npm run prices:check is the check. Exit status 1 if the check finds something or a file cannot be read, 2 for wrong use.
`;

const OPTIONS = {
  check: { type: 'boolean', default: false },
  refresh: { type: 'boolean', default: false },
  today: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  summary: { type: 'string' },
} as const;

/** So many names in a line; the rest is counted. */
const NAMED = 12;

function sentenceOf({ names, date, age, shelfLife, source }: PastFigures): string {
  const others = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${others}: read on ${date}, ${age} days ago (${shelfLife} are allowed), at ${source}`;
}

function check(today: string, summary: string | undefined): number {
  const lines = BOOK_REGIONS.flatMap((region) =>
    pastShelfLife(readBookFile(region), today).map((past) => `${bookPath(region)}: ${sentenceOf(past)}`),
  );
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length > 0)
    process.stderr.write('Read them again by --refresh: npm run prices -- --help says from which files.\n');
  for (const region of BOOK_REGIONS) {
    const { missing } = readPriceBook(region);
    if (missing.length > 0) process.stdout.write(`${bookPath(region)} has no price of ${missing.join(', ')}\n`);
  }
  if (summary !== undefined && lines.length > 0)
    append(
      summary,
      `## Prices past their shelf life\n\n${lines.map((line) => `- ${line}\n`).join('')}\nRead them again: \`npm run prices -- --help\`.\n`,
    );
  return lines.length > 0 ? 1 : 0;
}

function append(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw new CommandError(`--summary cannot be written: ${(error as Error).message}`);
  }
}

function refresh(paths: readonly string[], today: string): void {
  for (const path of paths) {
    const file = readPriceFile(path);
    for (const region of regionsOf(file, BOOK_REGIONS)) {
      const before = readBookFile(region);
      const { file: after, notFound } = refreshed(before, file, today);
      const changes = changesBetween(before, after);
      writeFileSync(fileURLToPath(new URL(`../${bookPath(region)}`, import.meta.url)), bookText(after));
      for (const line of changes) process.stdout.write(`${bookPath(region)}: ${line}\n`);
      if (changes.length === 0) process.stdout.write(`${bookPath(region)}: nothing costs more or less by ${path}\n`);
      if (notFound.length > 0) process.stdout.write(`${path} has no single price of ${notFound.join(', ')}\n`);
    }
  }
}

/** Whether a text is a day of the calendar, which 2026-02-30 is not. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

await runCommand(() => {
  const { values, positionals } = readArguments(HELP, { allowPositionals: true, options: OPTIONS });
  if (values.check === values.refresh) throw new WrongUse('Choose one: --check or --refresh FILE…');
  if (!isDay(values.today)) throw new WrongUse(`--today takes a date such as 2026-11-30, not ${values.today}.`);
  if (values.check) {
    if (positionals.length > 0) throw new WrongUse(`--check takes no file: ${positionals.join(' ')}`);
    return check(values.today, values.summary);
  }
  if (positionals.length === 0) throw new WrongUse('--refresh takes the files to read.');
  return refresh(positionals, values.today);
});
