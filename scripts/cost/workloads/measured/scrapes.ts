import { CommandError } from '../../../command-line.ts';
import { figureOf, moment } from './measurement.ts';
import { outcomeCounter } from './outcomes.ts';
import { type PrometheusSample, sampleOf } from './prometheus-samples.ts';
import { addScrape, type Increase, type Scrape } from './worker-counters.ts';

/** How to write down when a scrape was made, and of which worker. */
export const SCRAPE_LINE = '# scraped 2026-12-01T12:00:00Z worker-1';
const SCRAPED = /^# scraped (\S+)(?: (\S+))?\s*$/;

/** The counters that are read, each by what it is in the totals of a worker. */
const COUNTERS: Readonly<Record<string, (labels: PrometheusSample['labels']) => string | undefined>> = {
  image_worker_messages_total: ({ outcome }) => (outcome === 'done' ? 'messages' : undefined),
  image_worker_renditions_total: ({ outcome, code }) => outcomeCounter(outcome, code),
  image_worker_stage_duration_seconds_sum: ({ stage }) =>
    ['decode', 'passes', 'encode'].includes(stage ?? '') ? 'stages' : undefined,
  image_worker_rendition_cpu_seconds_total: () => 'processor',
};

const START = 'process_start_time_seconds';

/** More series than all workers of a fleet have. */
const MOST_SERIES = 100_000;

interface Worker {
  latest: Scrape;
  /** Absent until its second scrape. */
  increase?: Increase;
}

/**
 * Reads what workers answer at /metrics, one answer after another. Each may have a line such as SCRAPE_LINE before it, or the times that Prometheus
 * gives samples when it is asked at /federate; an answer without a time is taken to be as old as the file.
 */
export function openScrapes() {
  const workers = new Map<string, Worker>();
  let comment: { at?: number; worker?: string } = {};
  let series = new Set<string>();
  let scrapes = new Map<string, Scrape>();
  const seen = { samples: 0, unusable: 0 };

  const finish = (): void => {
    for (const [name, scrape] of scrapes) {
      if (Object.keys(scrape.totals).length > 0) observe(workers, name || `started ${scrape.start}`, scrape);
    }
    scrapes = new Map();
    series = new Set();
  };

  const count = ({ name, labels, value, at }: PrometheusSample): void => {
    const key = JSON.stringify([name, labels]);
    if (series.has(key)) finish();
    series.add(key);
    if (Math.max(series.size, workers.size) > MOST_SERIES)
      throw new CommandError(`The metrics have more than ${MOST_SERIES} series or workers, which no fleet has.`);
    const counter = name === START ? START : COUNTERS[name]?.(labels);
    if (counter === undefined) return;
    const figure = figureOf(value);
    seen.samples += 1;
    if (figure === undefined) seen.unusable += 1;
    else addSample({ ...comment, ...(at !== undefined && { at }), ...labels }, counter, figure);
  };

  const addSample = (
    { instance, worker, at }: { instance?: string; worker?: string; at?: number },
    counter: string,
    value: number,
  ): void => {
    const name = instance ?? worker ?? '';
    const scrape: Scrape = scrapes.get(name) ?? { totals: {} };
    scrapes.set(name, scrape);
    if (at !== undefined) scrape.at = at;
    if (counter === START) scrape.start = value * 1000;
    else scrape.totals[counter] = (scrape.totals[counter] ?? 0) + value;
  };

  return {
    add(line: string): void {
      const [, time, worker] = SCRAPED.exec(line) ?? [];
      if (time !== undefined) {
        finish();
        comment = { at: timeOf(time), ...(worker !== undefined && { worker }) };
      } else if (line.startsWith('image_worker_') || line.startsWith(START)) {
        const sample = sampleOf(line);
        if (sample) count(sample);
        else seen.unusable += 1;
      }
    },
    seen: (): Readonly<typeof seen> => seen,
    /** What each worker counted. `fileTime` is when the file was written last, milliseconds since 1970. */
    increases(fileTime: number): Increase[] {
      finish();
      return [...workers.values()].map(({ latest, increase }) => increase ?? sinceStart(latest, fileTime));
    },
  };
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CommandError(`${text} is no time: write "${SCRAPE_LINE}" before a scrape.`);
  return at;
}

function observe(workers: Map<string, Worker>, name: string, scrape: Scrape): void {
  const before = workers.get(name);
  if (!before) return void workers.set(name, { latest: scrape });
  const { at } = scrape;
  const from = before.latest.at;
  if (at === undefined || from === undefined)
    throw new CommandError(
      `There are two scrapes of one worker without a time. Write a line such as "${SCRAPE_LINE}" before each.`,
    );
  if (at <= from)
    throw new CommandError(
      `A scrape of ${moment(at)} comes after one of ${moment(from)} of the same worker. Put them in order, and name workers: "${SCRAPE_LINE}".`,
    );
  const increase = before.increase ?? { totals: {}, from, to: from, scrapes: 1, resets: 0 };
  workers.set(name, { latest: scrape, increase: addScrape(increase, before.latest, { ...scrape, at }) });
}

function sinceStart({ totals, at, start }: Scrape, fileTime: number): Increase {
  const to = at ?? fileTime;
  if (start === undefined)
    throw new CommandError(
      `A worker was scraped once, and does not tell when it started (${START}). Scrape it twice, with a line such as "${SCRAPE_LINE}" before each.`,
    );
  if (start >= to)
    throw new CommandError(
      `A worker started at ${moment(start)}, which is not before ${moment(to)}, when it was scraped. Write the true time: "${SCRAPE_LINE}".`,
    );
  return { totals, from: start, to, scrapes: 1, resets: 0 };
}
