import type { EconomyModeValue } from '../domain/economy-mode.ts';
import { CLOCK, type Clock, jittered } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { readEconomyMode } from '../storage/table/economy-mode.ts';
import type { ImageTable } from '../storage/table/image-table.ts';

/** Whether this service saves costs. */
export interface EconomyMode {
  isOn(): boolean;
}

/**
 * Milliseconds between two reads. Each costs half a read unit: for 40 tasks $0.11 a month ($0.125 a million,
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, us-east-1, November 2026).
 */
const POLL_MS = 60_000;

interface Dependencies {
  table: ImageTable;
  logger: Logger;
  clock?: Pick<Clock, 'pause'> | undefined;
}

/**
 * Milliseconds between two reads of a service that knows no value yet, and how many it makes so, without a word: where a service starts together
 * with its table, as in `npm start`, the table is there within seconds.
 */
const FIRST_POLL_MS = 1_000;
const FIRST_POLLS = 10;

/** What the log says when the switch cannot be read: by a service that has never read it, and by one that knows its last value. */
const UNREADABLE = {
  start: 'economy mode cannot be read, so it counts as off, and the service asks again every minute',
  later: 'economy mode cannot be read and stays as it is',
};

/**
 * Reads the switch of economy mode, and again about once a minute until `stop`. Resolves when it has been read, so that the first request meets what
 * is switched, or when the table has not answered: the client gives up after three tries of 5 s. While the switch cannot be read, the last value
 * counts; at first that is off, and the service asks every second for a while.
 */
export async function followEconomyMode({
  table,
  logger,
  clock = CLOCK,
}: Dependencies): Promise<EconomyMode & { stop(): void }> {
  let known: EconomyModeValue | undefined;
  /** Reads in a row that have failed. */
  let failures = 0;
  let isStopped = false;

  async function read(): Promise<void> {
    try {
      const { mode, changedBy } = await readEconomyMode(table);
      if (mode !== (known ?? 'off')) logger.warn({ economyMode: mode, changedBy }, 'economy mode was switched');
      known = mode;
      failures = 0;
    } catch (err) {
      failures += 1;
      // Whatever keeps the service from its table is in the log of every request; here once is enough.
      const isTold = failures === (known ? 1 : FIRST_POLLS);
      if (isTold && !isStopped)
        logger.warn({ err, economyMode: known ?? 'off' }, known ? UNREADABLE.later : UNREADABLE.start);
    }
  }

  const pauseMs = (): number => (known || failures >= FIRST_POLLS ? jittered(POLL_MS) : FIRST_POLL_MS);

  async function follow(): Promise<void> {
    while (!isStopped) {
      await clock.pause(pauseMs());
      if (!isStopped) await read();
    }
  }

  await read();
  void follow();
  return {
    isOn: () => known === 'on',
    stop() {
      isStopped = true;
    },
  };
}
