import { sum } from '../workload.ts';

/** Counters of a worker since its start. */
export type Totals = Record<string, number>;

/** What a worker told at a moment. */
export interface Scrape {
  totals: Totals;
  /** Milliseconds since 1970. `at` is absent if the file tells no time, `start` if the process does not tell when it began. */
  at?: number;
  start?: number;
}

/** What a worker counted between two moments. */
export interface Increase {
  totals: Totals;
  from: number;
  to: number;
  scrapes: number;
  resets: number;
}

const isReset = (before: Scrape, { totals, start }: Scrape): boolean =>
  (start !== undefined && before.start !== undefined && start !== before.start) ||
  Object.entries(before.totals).some(([name, value]) => (totals[name] ?? 0) < value);

/**
 * Adds a scrape of the same worker. Its counters began at zero again when the process is another or one is lower than before, as Prometheus' `increase`
 * takes it (https://prometheus.io/docs/prometheus/latest/querying/functions/#increase); what was counted after the scrape before it is lost then.
 */
export function addScrape(increase: Increase, before: Scrape, scrape: Scrape & { at: number }): Increase {
  const reset = isReset(before, scrape);
  const totals = { ...increase.totals };
  for (const [name, value] of Object.entries(scrape.totals))
    totals[name] = (totals[name] ?? 0) + value - (reset ? 0 : (before.totals[name] ?? 0));
  return {
    ...increase,
    totals,
    to: scrape.at,
    scrapes: increase.scrapes + 1,
    resets: increase.resets + (reset ? 1 : 0),
  };
}

/**
 * The counts of all workers in one time: that between scrapes or, if each worker was scraped once, since the first process started. Of a worker
 * that was scraped once but is older than that time, the part that falls into it counts.
 */
export function sumOfWorkers(workers: readonly Increase[]): { totals: Totals; from: number; to: number } {
  const repeated = workers.filter(({ scrapes }) => scrapes > 1);
  const from = Math.min(...(repeated.length > 0 ? repeated : workers).map((worker) => worker.from));
  const to = Math.max(...workers.map((worker) => worker.to));
  const names = new Set(workers.flatMap(({ totals }) => Object.keys(totals)));
  const part = (worker: Increase) =>
    worker.from >= from ? 1 : Math.max(0, worker.to - from) / (worker.to - worker.from);
  const totals = [...names].map((name) => [name, sum(workers.map((each) => (each.totals[name] ?? 0) * part(each)))]);
  return { totals: Object.fromEntries(totals), from, to };
}
