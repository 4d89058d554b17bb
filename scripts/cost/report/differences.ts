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

/** The cause of a difference in one sentence. */
export function causeText(difference: Difference): string {
  const { shared, before, after } = causeParts(difference);
  if (!before) return `only in the second: ${after}`;
  return after ? `${shared}${before} → ${after}` : `only in the first: ${before}`;
}

export const nameOf = ({ environment, workload, region }: CostReport): string =>
  `${environment}, ${workload}, ${region}`;
