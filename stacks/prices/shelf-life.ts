import type { BookFile, Dated } from './book-file.ts';

/** Days after which a figure has to be read again. Prices of spot follow supply and demand; the others change every few years. */
export const SHELF_LIFE = { spot: 90, list: 365 } as const;

/** Figures of one source and day that are older than they may be. */
export interface PastFigures {
  names: string[];
  date: string;
  age: number;
  /** The greatest age in days. */
  shelfLife: number;
  /** The address of the source. */
  source: string;
}

interface Figure extends Dated {
  name: string;
  shelfLife: number;
}

/** Every figure of a book with its name, such as s3.standard.put, c7g.large or c7g.large on spot. */
const figuresOf = ({ prices, instances }: BookFile): Figure[] => [
  ...Object.entries(prices).map(([name, { source, date }]) => {
    return { name, source, date, shelfLife: name.startsWith('fargate-spot.') ? SHELF_LIFE.spot : SHELF_LIFE.list };
  }),
  ...Object.entries(instances).flatMap(([name, { onDemand, spot }]) => [
    { ...onDemand, name, shelfLife: SHELF_LIFE.list },
    ...(spot ? [{ ...spot, name: `${name} on spot`, shelfLife: SHELF_LIFE.spot }] : []),
  ]),
];

const daysBetween = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The figures of a book that are past their shelf life on a day, by source, those first that are the oldest. */
export function pastShelfLife(file: BookFile, today: string): PastFigures[] {
  const past = figuresOf(file).filter(({ date, shelfLife }) => daysBetween(date, today) > shelfLife);
  const groups = Object.values(
    Object.groupBy(past, ({ source, date, shelfLife }) => [date, source, shelfLife].join('\n')),
  );
  return groups
    .flatMap((group = []) => {
      const [first] = group;
      if (!first) return [];
      const { date, shelfLife } = first;
      const source = file.sources[first.source] ?? first.source;
      return { names: group.map(({ name }) => name), date, age: daysBetween(date, today), shelfLife, source };
    })
    .toSorted((a, b) => b.age - a.age);
}
