/** Two ways of doing the same work, each answering how much it did a second. */
export interface Comparison {
  name: string;
  unit: string;
  /** What a good implementation reaches of its floor. */
  target: number;
  floor(): Promise<number>;
  ours(): Promise<number>;
  /** What else there is to say when it is done. */
  note?(ours: Summary): string;
}

export interface Result {
  name: string;
  unit: string;
  target: number;
  floor: Summary;
  ours: Summary;
  /** Medians of the rounds' own ratios: the machine's moods hit both sides of a round alike. */
  ratio: Summary;
  note?: string;
}

export interface Summary {
  median: number;
  lowest: number;
  highest: number;
}

/** Runs both sides in turn, so many times after one round that warms up and does not count. */
export async function compare(
  { floor, ours, note, ...rest }: Comparison,
  rounds: number,
  progress: (text: string) => void,
): Promise<Result> {
  const figures: { floor: number; ours: number }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    progress(`${rest.name}: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
    const pair = { floor: await floor(), ours: await ours() };
    if (round > 0) figures.push(pair);
  }
  const summary = summarise(figures.map((pair) => pair.ours));
  return {
    ...rest,
    floor: summarise(figures.map((pair) => pair.floor)),
    ours: summary,
    ...(note && { note: note(summary) }),
    ratio: summarise(figures.map((pair) => pair.ours / pair.floor)),
  };
}

function summarise(figures: number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { median, lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0 };
}
