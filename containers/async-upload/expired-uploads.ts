import { LIMITS } from '../../shared/domain/limits.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';

/** How often to look. On S3 that is one listing, and a lifecycle rule does the same by the day in case no service runs. */
const EVERY_MS = 60 * 60 * 1000;

/** After its time an upload may still be completing, if that began in time. */
const MARGIN_MS = 60 * 60 * 1000;

/** Removes the parts of uploads whose time is over, now and every hour. */
export function removeExpiredUploads(objects: ObjectStore, logger: Logger): { stop(): void } {
  const sweep = async () => {
    try {
      const removed = await objects.removeExpiredUploads(
        new Date(Date.now() - LIMITS.uploadSeconds * 1000 - MARGIN_MS),
      );
      if (removed > 0) logger.info({ removed }, 'expired uploads removed');
    } catch (error) {
      logger.warn({ err: error }, 'expired uploads could not be removed; tried again in an hour');
    }
  };
  const timer = setInterval(() => void sweep(), EVERY_MS);
  void sweep();
  return { stop: () => clearInterval(timer) };
}
