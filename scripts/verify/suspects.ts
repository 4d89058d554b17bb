import pMap from 'p-map';
import type { ItemKey } from '../../shared/storage/table-scan.ts';
import type { Finding } from './findings.ts';
import type { RunState } from './run-state.ts';

/** What looked wrong once, in words that outlive the process. */
export type Suspect =
  /** A record, of an image or of its rendition of that name, whose bytes are not as it tells. */
  | { of: 'record'; imageId: string; rendition?: string }
  /** An item of the table that is not as a service writes it. */
  | ({ of: 'item' } & ItemKey)
  /** An object that no record tells of. */
  | { of: 'object'; key: string; contentLength: number; lastModified: string }
  /** Parts of an upload that no record tells of. */
  | { of: 'upload'; key: string; storeUploadId: string };

/** Looks again, consistently; undefined if all is well by now. */
export type Judge = (suspect: Suspect) => Promise<Finding | undefined>;

/** Suspects that wait at a time: enough that the grace time of all together does not count, few enough for a small state. */
const MOST = 1000;

/** Suspects that are looked at between two notes of it in the state, and how many of them at the same time. */
const BATCH = 32;
const CONCURRENCY = 8;

interface SecondLookOptions {
  state: RunState;
  graceMs: number;
  /** Before some are judged, with all that could be. */
  prepare(judged: readonly Suspect[], ripe: readonly Suspect[]): Promise<void>;
  judge: Judge;
  report(finding: Finding): void;
  wait(ms: number): Promise<unknown>;
}

/** Has what looks wrong looked at again after a grace time, in which what is uploaded or deleted at the moment is done. */
export class SecondLooks {
  readonly #options: SecondLookOptions;
  /** When each of the suspects may be looked at again, in their order. */
  readonly #times: number[];

  constructor(options: SecondLookOptions) {
    this.#options = options;
    this.#times = options.state.progress.suspects.map(() => performance.now() + options.graceMs);
  }

  add(suspect: Suspect): void {
    this.#options.state.progress.suspects.push(suspect);
    this.#times.push(performance.now() + this.#options.graceMs);
  }

  /** Looks at those whose time has come; at all of them, as it comes, where nothing else is left to do. */
  async settle({ all = false } = {}): Promise<void> {
    const { suspects } = this.#options.state.progress;
    while (suspects.length > 0) {
      const [first = 0] = this.#times;
      const left = first - performance.now();
      if (left > 0 && !all && suspects.length < MOST) return;
      if (left > 0) await this.#options.wait(left);
      const now = performance.now();
      const ripe = suspects.filter((_, index) => (this.#times[index] ?? now) <= now);
      const judged = ripe.slice(0, BATCH);
      await this.#options.prepare(judged, ripe);
      await this.#look(judged);
    }
  }

  async #look(first: Suspect[]): Promise<void> {
    const { state, judge, report } = this.#options;
    const findings = (await pMap(first, judge, { concurrency: CONCURRENCY })).filter((found) => found !== undefined);
    state.progress.suspects.splice(0, first.length);
    this.#times.splice(0, first.length);
    for (const finding of findings) state.add(finding);
    state.save();
    for (const finding of findings) report(finding);
  }
}
