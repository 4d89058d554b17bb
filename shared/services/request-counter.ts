import { LRUCache } from 'lru-cache';
import { ACCESS_TIMING } from '../contracts/access-timing.ts';
import type { Standing } from '../domain/owner-limits.ts';
import { CLOCK, type Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { giveBackToWindow, type RequestWindow, takeFromWindow } from '../storage/table/request-windows.ts';

/** Seconds of a window. Windows are fixed, so that up to twice the limit may come around the end of one. */
const WINDOW_SECONDS = 60;

/** The subjects that a process remembers. Whoever is forgotten takes from the table again. */
const MAX_SUBJECTS = 10_000;

/** The part of what is left that a process takes at most, and the share from which it takes only what it serves. */
const PART_OF_LEFT = 16;
const NEARLY_USED = 0.75;

/** Milliseconds after which a process that serves no requests of a subject gives back what it has taken for it. */
const IDLE_MS = 250;

/** Milliseconds for which a subject that has used its limit is refused without asking the table: others may give something back. */
const REFUSED_MS = 1_000;

/** Milliseconds that a request waits to be counted; and for how long none waits after one has waited in vain. */
const WAIT_MS = 1_000;
const UNCOUNTED_MS = 5_000;

/** What a process knows of a subject in the window of now. */
interface Subject {
  window: number;
  /** Taken from the table and not served yet. */
  held: number;
  /** Taken by all processes, when this one has taken last. */
  taken: number;
  waiting: number;
  refusedUntil: number;
  /** When it has asked last, and how often in that second. */
  askedAt: number;
  second: number;
  inSecond: number;
  taking: Promise<void> | undefined;
}

interface CounterOptions {
  table: ImageTable;
  logger: Logger;
  /** What is limited: `owner` or `address`. */
  kind: string;
  limit: number;
  clock?: Pick<Clock, 'pause'> & { /** Epoch milliseconds. */ time(): number };
}

/** How a window stands after a request, and whether it was used before. */
type Counted = Standing & { isUsed?: true };

/** Counts requests against a limit that all processes share. */
export interface RequestCounter {
  /** Resolves to undefined, and counts nothing, while the table does not answer. */
  take(subject: string): Promise<Counted | undefined>;
  /** Gives back what is not served. */
  stop(): Promise<void>;
}

/**
 * Counts in the table, never more than the limit. Where a subject asks often, a process takes several requests in one write, and gives back what it
 * does not serve; near the limit it takes only as many as wait for it, so that none are lost where they are needed.
 */
export function openRequestCounter(options: CounterOptions): RequestCounter {
  const { table, logger, kind, limit, clock = { ...CLOCK, time: Date.now } } = options;
  const subjects = new LRUCache<string, Subject>({
    max: MAX_SUBJECTS,
    dispose: (known, name) => giveBack(name, known),
  });
  const givingBack = new Set<Promise<void>>();
  let isSweeping = false;
  let uncountedUntil = 0;
  let isTold = false;

  const windowOf = (name: string, window: number): RequestWindow => ({
    ...{ kind, subject: name, window, seconds: WINDOW_SECONDS },
  });
  const currentWindow = () => Math.floor(clock.time() / (WINDOW_SECONDS * 1000));
  const resetSeconds = () => Math.max(1, Math.ceil((currentWindow() + 1) * WINDOW_SECONDS - clock.time() / 1000));

  function subjectOf(name: string): Subject {
    const window = currentWindow();
    const known = subjects.get(name);
    if (known?.window === window) return known;
    const fresh = { window, held: 0, taken: 0, waiting: 0, refusedUntil: 0, askedAt: 0, second: 0, inSecond: 0 };
    const subject = { ...fresh, taking: undefined };
    subjects.set(name, subject);
    return subject;
  }

  function giveBack(name: string, subject: Subject): void {
    const { held, window } = subject;
    subject.held = 0;
    if (held === 0 || window !== currentWindow()) return;
    const given = giveBackToWindow(table, windowOf(name, window), held)
      // What could not be given back is lost to this window, and to no other.
      .catch((err: unknown) => logger.debug({ err, kind }, 'requests could not be given back'))
      .finally(() => givingBack.delete(given));
    givingBack.add(given);
  }

  async function sweep(): Promise<void> {
    isSweeping = true;
    for (;;) {
      await clock.pause(IDLE_MS);
      const idleSince = clock.time() - IDLE_MS;
      const holding = [...subjects.entries()].filter(([, { held }]) => held > 0);
      for (const [name, subject] of holding) if (subject.askedAt <= idleSince) giveBack(name, subject);
      if (holding.length === 0) break;
    }
    isSweeping = false;
  }

  /** How many requests to take now. */
  function countFor({ waiting, inSecond, taken }: Subject): number {
    const isBusy = inSecond > ACCESS_TIMING.busyRequestsPerSecond && taken < limit * NEARLY_USED;
    const ahead = isBusy ? Math.floor((limit - taken) / PART_OF_LEFT) : 0;
    return Math.max(1, Math.min(ACCESS_TIMING.mostRequestsTaken, Math.max(waiting, ahead)));
  }

  async function takeMore(name: string, subject: Subject): Promise<void> {
    for (let count = countFor(subject); count >= 1; count = Math.floor(count / 2)) {
      const taken = await takeFromWindow(table, windowOf(name, subject.window), { count, limit });
      if (taken === undefined) continue;
      Object.assign(subject, { taken, held: subject.held + count, refusedUntil: 0 });
      if (!isSweeping) void sweep();
      return;
    }
    Object.assign(subject, { taken: limit, refusedUntil: clock.time() + REFUSED_MS });
  }

  const standing = ({ taken, held }: Subject): Standing => ({
    ...{ quota: limit, window: WINDOW_SECONDS, remaining: Math.max(0, limit - taken + held), reset: resetSeconds() },
  });

  function note(subject: Subject): void {
    const now = clock.time();
    const second = Math.floor(now / 1000);
    Object.assign(subject, { askedAt: now, second, inSecond: subject.second === second ? subject.inSecond + 1 : 1 });
  }

  async function takeOne(name: string): Promise<Counted> {
    for (;;) {
      const subject = subjectOf(name);
      if (subject.held > 0) {
        subject.held -= 1;
        return standing(subject);
      }
      if (subject.refusedUntil > clock.time()) return { ...standing(subject), isUsed: true };
      subject.waiting += 1;
      subject.taking ??= takeMore(name, subject).finally(() => {
        subject.taking = undefined;
      });
      await subject.taking.finally(() => {
        subject.waiting -= 1;
      });
    }
  }

  async function withinWait(taking: Promise<Counted>): Promise<Counted> {
    const waited = new AbortController();
    const late = clock.pause(WAIT_MS, waited.signal).then(() => {
      throw new Error(`the table has not answered for ${WAIT_MS} ms`);
    });
    // Whichever of the two comes second has nobody who listens.
    late.catch(() => undefined);
    taking.catch(() => undefined);
    return Promise.race([taking, late]).finally(() => waited.abort());
  }

  return {
    async take(name) {
      if (clock.time() < uncountedUntil) return undefined;
      note(subjectOf(name));
      try {
        const counted = await withinWait(takeOne(name));
        isTold = false;
        return counted;
      } catch (err) {
        uncountedUntil = clock.time() + UNCOUNTED_MS;
        if (!isTold) logger.warn({ err, kind }, 'requests are not counted, because the table does not answer');
        isTold = true;
        return undefined;
      }
    },
    async stop() {
      for (const [name, subject] of subjects.entries()) giveBack(name, subject);
      await Promise.all(givingBack);
    },
  };
}
