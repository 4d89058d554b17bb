import type { Area, CostLine, CostReport } from './cost-report.ts';

/** What two reports say of one item, in US dollars of a typical month; addresses of resources differ between environments. */
export interface Difference {
  area: Area;
  item: string;
  before: number;
  after: number;
  /** How each amount comes about; empty where a report does not have the item. */
  arithmetic: { before: string; after: string };
}

type Lines = readonly CostLine[];

const typicalOf = (lines: Lines): number => lines.reduce((sum, { usd }) => sum + usd.typical, 0);

/** Each arithmetic once, with the number of lines that have it, such as three gateways. */
const arithmeticOf = (lines: Lines): string =>
  [...Map.groupBy(lines, ({ arithmetic }) => arithmetic)]
    .map(([arithmetic, same]) => (same.length > 1 ? `${same.length} times ${arithmetic}` : arithmetic))
    .join('; ');

const keyOf = ({ area, item }: CostLine): string => `${area}: ${item}`;

/** The items whose typical amounts differ, those that differ most first. */
export function differencesOf(before: CostReport, after: CostReport): Difference[] {
  const [first, second] = [Map.groupBy(before.lines, keyOf), Map.groupBy(after.lines, keyOf)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .flatMap((key): Difference[] => {
      const [was, is] = [first.get(key) ?? [], second.get(key) ?? []];
      const [one] = [...was, ...is];
      const arithmetic = { before: arithmeticOf(was), after: arithmeticOf(is) };
      return one ? [{ area: one.area, item: one.item, before: typicalOf(was), after: typicalOf(is), arithmetic }] : [];
    })
    .filter((difference) => difference.before !== difference.after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}

/** Where both amounts come from, if it is the same, with what each of them is after it. */
export function causeParts({ arithmetic: { before, after } }: Difference): {
  shared: string;
  before: string;
  after: string;
} {
  const different = [...before].findIndex((character, index) => character !== after[index]);
  const colon = before.slice(0, Math.max(0, different)).lastIndexOf(': ');
  const length = colon < 0 ? 0 : colon + ': '.length;
  return { shared: before.slice(0, length), before: before.slice(length), after: after.slice(length) };
}

/** US dollars, and the share of the larger sum, below which a difference has no row of its own, unless the others are as small. */
const [SMALL, SMALL_SHARE] = [0.5, 0.001];
/** The share of the largest difference that has a row always. */
const SHARE_OF_LARGEST = 0.05;
/** US dollars that would be written as nothing. */
export const SMALLEST = 0.005;

const sizeOf = ({ before, after }: Pick<Difference, 'before' | 'after'>): number => Math.abs(after - before);

/** The differences that have a row each, and all others, which have one together. */
export function rowsOf(before: CostReport, after: CostReport): { rows: Difference[]; smaller: Difference[] } {
  const differences = differencesOf(before, after);
  const total = Math.max(before.total.typical, after.total.typical);
  const largest = Math.max(0, ...differences.map(sizeOf));
  const least = Math.max(SMALLEST, Math.min(Math.max(SMALL, total * SMALL_SHARE), largest * SHARE_OF_LARGEST));
  const { rows = [], smaller = [] } = Object.groupBy(differences, (each) =>
    sizeOf(each) >= least ? 'rows' : 'smaller',
  );
  return { rows, smaller };
}

/** The sums of the differences that have one row together. */
export const together = (smaller: readonly Difference[]): Pick<Difference, 'item' | 'before' | 'after'> => ({
  item: smaller.length === 1 ? 'one smaller difference' : `${smaller.length} smaller differences`,
  before: smaller.reduce((sum, { before }) => sum + before, 0),
  after: smaller.reduce((sum, { after }) => sum + after, 0),
});

/** The cause of a difference in one sentence. */
export function causeText(difference: Difference): string {
  const { shared, before, after } = causeParts(difference);
  if (!before) return `only in the second: ${after}`;
  return after ? `${shared}${before} → ${after}` : `only in the first: ${before}`;
}

export const nameOf = ({ environment, workload, region }: CostReport): string =>
  `${environment}, ${workload}, ${region}`;
