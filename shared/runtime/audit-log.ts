import { AUDIT_LINE_LOST } from '../contracts/audit.ts';
import type { AuditLine, AuditSink } from '../domain/audit-line.ts';
import { CLOCK, type Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/**
 * Delivers lines where they are kept, and resolves to those that are refused for good. Rejects if all of them may be delivered later; then some may
 * have been delivered all the same, and will be twice.
 */
export type AuditDelivery = (lines: readonly AuditLine[]) => Promise<readonly AuditLine[]>;

/** Milliseconds, and numbers of lines. */
export const AUDIT_LIMITS = {
  /** The time for which lines are gathered before they are delivered together. A process that is killed loses as much. */
  gatherMs: 1_000,
  /** The longest line is below 8 KiB, so that CloudWatch takes as many at once: 1 MiB. */
  linesAtOnce: 100,
  /** The most lines in memory. */
  keptLines: 10_000,
  /** The time for which a line is kept while deliveries fail. */
  keptMs: 5 * 60_000,
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  /** The time for the last deliveries when the service stops. */
  flushMs: 3_000,
};

export interface AuditLogOptions {
  deliver: AuditDelivery;
  logger: Logger;
  clock?: Clock;
  limits?: Partial<typeof AUDIT_LIMITS>;
}

export interface AuditLog {
  write: AuditSink;
  /** Delivers what is left. */
  stop(): Promise<void>;
}

/**
 * The audit trail: takes lines at once and delivers them behind the requests. A line that cannot be delivered is written into the usual log instead:
 * when there are too many, when it is refused or has waited for too long, and when the service stops.
 */
export function openAuditLog({ deliver, logger, clock = CLOCK, limits = {} }: AuditLogOptions): AuditLog {
  const all = { ...AUDIT_LIMITS, ...limits };
  const ending = new AbortController();
  const kept: { line: AuditLine; since: number }[] = [];
  let running: Promise<void> | undefined;

  const spill = (lines: readonly AuditLine[]) => {
    for (const line of lines) logger.error({ audit: line }, AUDIT_LINE_LOST);
  };
  const spillKept = (count: number) => spill(kept.splice(0, count).map(({ line }) => line));
  /** Waits, but not once the service stops. */
  const pause = (milliseconds: number) => clock.pause(milliseconds, ending.signal).catch(() => undefined);

  async function deliverSome(): Promise<void> {
    const lines = kept.slice(0, all.linesAtOnce).map(({ line }) => line);
    const refused = await deliver(lines);
    kept.splice(0, lines.length);
    spill(refused);
  }

  /** After a failure a line waits for the next try, unless it has waited for too long, or there will be none. */
  function keepOrSpill(): void {
    const young = kept.findIndex(({ since }) => clock.now() - since < all.keptMs);
    spillKept(ending.signal.aborted || young < 0 ? kept.length : young);
  }

  async function run(): Promise<void> {
    let retryMs = 0;
    await pause(all.gatherMs);
    while (kept.length > 0) {
      try {
        await deliverSome();
        retryMs = 0;
        if (kept.length < all.linesAtOnce) await pause(all.gatherMs);
      } catch (err) {
        if (retryMs === 0) logger.warn({ err, kept: kept.length }, 'the audit trail takes no lines');
        retryMs = Math.min(all.longestRetryMs, Math.max(all.firstRetryMs, retryMs * 2));
        keepOrSpill();
        await pause(retryMs);
      }
    }
  }

  return {
    write(line) {
      if (kept.length >= all.keptLines) return spill([line]);
      kept.push({ line, since: clock.now() });
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    async stop() {
      ending.abort();
      const enough = new AbortController();
      await Promise.race([running, clock.pause(all.flushMs, enough.signal).catch(() => undefined)]);
      enough.abort();
      spillKept(kept.length);
    },
  };
}
