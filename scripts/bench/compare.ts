/** The rate of one measurement, and what else was measured meanwhile. */
export interface Figures {
  rate: number;
  megabytesPerSecond?: number;
  /** Milliseconds. */
  p50?: number;
  p99?: number;
  /** Memory of the process that did the work, in MiB. */
  memory?: number;
}

/** Two ways of doing the same work, each of which returns its rate per second. */
export interface Comparison {
  name: string;
  unit: string;
  /** The share of its floor that a good implementation reaches. Undefined where there is no target. */
  target?: number;
  /** Limits the number of rounds, for paths with many comparisons. */
  rounds?: number;
  floor(): Promise<number | Figures>;
  ours(): Promise<number | Figures>;
  /** A remark to print with the result. */
  note?(ours: Summary): string;
}

export interface Result {
  name: string;
  unit: string;
  target?: number;
  floor: Summary;
  ours: Summary;
  /** The median of each round's own ratio, since changes in the machine's speed affect both sides of a round alike. */
  ratio: Summary;
  note?: string;
}

export interface Summary {
  median: number;
  lowest: number;
  highest: number;
  /** Medians of the other measurements. */
  seen: Omit<Figures, 'rate'>;
}

/** Runs both sides in turn for the given number of rounds, after one round that warms up and does not count. */
export async function compare(
  { floor, ours, note, rounds: most, ...rest }: Comparison,
  asked: number,
  progress: (text: string) => void,
): Promise<Result> {
  const rounds = Math.min(asked, most ?? asked);
  const figures: { floor: Figures; ours: Figures }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    progress(`${rest.name}: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
    const pair = { floor: figuresOf(await floor()), ours: figuresOf(await ours()) };
    if (round > 0) figures.push(pair);
  }
  const summary = summarise(figures.map((pair) => pair.ours));
  return {
    ...rest,
    floor: summarise(figures.map((pair) => pair.floor)),
    ours: summary,
    ...(note && { note: note(summary) }),
    ratio: summarise(figures.map((pair) => ({ rate: pair.ours.rate / pair.floor.rate }))),
  };
}

const figuresOf = (figures: number | Figures): Figures => (typeof figures === 'number' ? { rate: figures } : figures);

/** Whether a median ratio misses its target. */
export const isMissed = ({ ratio, target }: Result): boolean => target !== undefined && ratio.median < target;

function summarise(figures: Figures[]): Summary {
  const sorted = figures.map(({ rate }) => rate).toSorted((a, b) => a - b);
  const names = ['megabytesPerSecond', 'p50', 'p99', 'memory'] as const;
  const seen = names.map((name) => [name, figures.flatMap((each) => each[name] ?? [])] as const);
  return {
    median: medianOf(sorted),
    lowest: sorted[0] ?? 0,
    highest: sorted.at(-1) ?? 0,
    seen: Object.fromEntries(
      seen.filter(([, values]) => values.length > 0).map(([name, values]) => [name, medianOf(values)]),
    ),
  };
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
