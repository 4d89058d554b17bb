import { purgeOf } from '../../shared/domain/image-record.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { takeOwed } from '../../shared/storage/table/owed-work.ts';
import type { CdnInvalidations } from './cdn-invalidations.ts';
import { type INVALIDATION_TIMING, MOST_WAITING } from './invalidation-retries.ts';

interface Dependencies {
  table: ImageTable;
  invalidations: CdnInvalidations;
  logger: Logger;
}

/**
 * Asks every few minutes for invalidations that are owed for longer than a service asks for one: the CDN had no room for them, or refused
 * them until a role or a setting was corrected, or the service that was asking has ended.
 */
export function askForOwedInvalidations(
  { table, invalidations, logger }: Dependencies,
  { owedAfter }: typeof INVALIDATION_TIMING,
): { stop(): void } {
  const ask = async () => {
    try {
      const now = Date.now();
      const owed = await takeOwed(table, {
        work: 'owed_invalidation',
        before: new Date(now - owedAfter),
        next: new Date(now),
        limit: MOST_WAITING,
      });
      await Promise.all(owed.map((record) => invalidations.invalidate(purgeOf(record))));
    } catch (error) {
      logger.warn({ err: error }, 'owed invalidations could not be read; tried again later');
    }
  };
  const timer = setInterval(() => void ask(), owedAfter);
  return { stop: () => clearInterval(timer) };
}
