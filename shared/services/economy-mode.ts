import type { EconomyModeValue } from '../domain/economy-mode.ts';
import { CLOCK, type Clock } from '../runtime/clock.ts';
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

/** The share by which a pause is longer or shorter, so that services that were started together do not read together. */
const JITTER = 0.2;

interface Dependencies {
  table: ImageTable;
  logger: Logger;
  clock?: Pick<Clock, 'pause'> | undefined;
}

/** What the log says when the switch cannot be read: by a service that has never read it, and by one that knows its last value. */
const UNREADABLE = {
  start: 'economy mode cannot be read, so the service starts as if it were off, and asks again every minute',
  later: 'economy mode cannot be read and stays as it is',
};

/**
 * Reads the switch of economy mode, and again about once a minute until `stop`. Resolves when it has been read, so that the first request meets what
 * is switched, or when the table has not answered: the client gives up after three tries of 5 s. While the switch cannot be read, the last value
 * counts; at first that is off.
 */
export async function followEconomyMode({
  table,
  logger,
  clock = CLOCK,
}: Dependencies): Promise<EconomyMode & { stop(): void }> {
  let mode: EconomyModeValue = 'off';
  let isUnknown = false;
  let isStopped = false;

  async function read(when: keyof typeof UNREADABLE): Promise<void> {
    try {
      const { mode: now, changedBy } = await readEconomyMode(table);
      if (now !== mode) logger.warn({ economyMode: now, changedBy }, 'economy mode was switched');
      mode = now;
      isUnknown = false;
    } catch (err) {
      // Whatever keeps the service from its table is in the log of every request; here once is enough.
      if (!isUnknown && !isStopped) logger.warn({ err, economyMode: mode }, UNREADABLE[when]);
      isUnknown = true;
    }
  }

  async function follow(): Promise<void> {
    while (!isStopped) {
      await clock.pause(POLL_MS * (1 + JITTER * (2 * Math.random() - 1)));
      if (!isStopped) await read('later');
    }
  }

  await read('start');
  void follow();
  return {
    isOn: () => mode === 'on',
    stop() {
      isStopped = true;
    },
  };
}
