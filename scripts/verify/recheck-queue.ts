import pMap from 'p-map';
import type { ItemKey } from '../../shared/storage/table/table-scan.ts';
import type { Finding } from './findings.ts';
import type { RunState } from './run-state.ts';

/** Something that looked wrong once, as data that outlives the process. */
export type Suspect =
  /** A record, of an image or of its rendition of that name, whose bytes are not as it tells. */
  | { of: 'record'; imageId: string; rendition?: string }
  /** An item of the table that is not as a service writes it. */
  | ({ of: 'item' } & ItemKey)
  /** An object that no record tells of. */
  | { of: 'object'; key: string; contentLength: number; lastModified: string }
  /** Parts of an upload that no record tells of. */
  | { of: 'upload'; key: string; storeUploadId: string };

/** Checks a suspect again, strongly consistent; resolves to undefined if all is well by now. */
export type Recheck = (suspect: Suspect) => Promise<Finding | undefined>;

/** Suspects that wait at a time: enough that the grace time of all together does not count, few enough for a small state. */
const MOST = 1000;

/** Suspects that are looked at between two notes of it in the state, and how many of them at the same time. */
const BATCH = 32;
const CONCURRENCY = 8;

interface RecheckQueueOptions {
  state: RunState;
  graceMs: number;
  /** Called before some suspects are rechecked, with all that could be. */
  prepare(due: readonly Suspect[], ripe: readonly Suspect[]): Promise<void>;
  recheck: Recheck;
  report(finding: Finding): void;
  wait(ms: number): Promise<unknown>;
}

/** Rechecks suspects after a grace time, in which uploads and deletions that are under way end. */
export class RecheckQueue {
  readonly #options: RecheckQueueOptions;
  /** When each of the suspects may be rechecked, in their order. */
  readonly #times: number[];

  constructor(options: RecheckQueueOptions) {
    this.#options = options;
    this.#times = options.state.progress.suspects.map(() => performance.now() + options.graceMs);
  }

  add(suspect: Suspect): void {
    this.#options.state.progress.suspects.push(suspect);
    this.#times.push(performance.now() + this.#options.graceMs);
  }

  /** Rechecks the suspects whose time has come; with `all`, waits for the others too. */
  async settle({ all = false } = {}): Promise<void> {
    const { suspects } = this.#options.state.progress;
    while (suspects.length > 0) {
      const [first = 0] = this.#times;
      const left = first - performance.now();
      if (left > 0 && !all && suspects.length < MOST) return;
      if (left > 0) await this.#options.wait(left);
      const now = performance.now();
      const ripe = suspects.filter((_, index) => (this.#times[index] ?? now) <= now);
      const due = ripe.slice(0, BATCH);
      await this.#options.prepare(due, ripe);
      await this.#look(due);
    }
  }

  async #look(first: Suspect[]): Promise<void> {
    const { state, recheck, report } = this.#options;
    const findings = (await pMap(first, recheck, { concurrency: CONCURRENCY })).filter((found) => found !== undefined);
    state.progress.suspects.splice(0, first.length);
    this.#times.splice(0, first.length);
    for (const finding of findings) state.add(finding);
    state.save();
    for (const finding of findings) report(finding);
  }
}
