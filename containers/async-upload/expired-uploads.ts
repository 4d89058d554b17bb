import { LIMITS } from '../../shared/domain/limits.ts';
import { KEY_PREFIXES, RECEIVED_DAYS } from '../../shared/domain/object-key.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';

/** How often to look. On S3 that is three listings, and lifecycle rules do the same by the day in case no service runs. */
const EVERY_MS = 60 * 60 * 1000;

/** After its time an upload may still be completing, if that began in time. */
const MARGIN_MS = EVERY_MS;

/** Removes the parts of uploads whose time is over, and what is left under `received/` of those that died on the way, now and every hour. */
export function removeExpiredUploads(objects: ObjectStore, logger: Logger): { stop(): void } {
  const sweep = async () => {
    try {
      const removed = await objects.removeExpiredUploads(
        new Date(Date.now() - LIMITS.uploadSeconds * 1000 - MARGIN_MS),
      );
      if (removed > 0) logger.info({ removed }, 'expired uploads removed');
      await removeOldReceived(objects, Date.now() - RECEIVED_DAYS * 24 * EVERY_MS);
    } catch (error) {
      logger.warn({ err: error }, 'expired uploads could not be removed; tried again in an hour');
    }
  };
  const timer = setInterval(() => void sweep(), EVERY_MS);
  void sweep();
  return { stop: () => clearInterval(timer) };
}

/** Uploads remove what they have received; a service that dies does not. */
async function removeOldReceived(objects: ObjectStore, before: number): Promise<void> {
  for await (const { key, lastModified } of objects.list(KEY_PREFIXES.received)) {
    if (lastModified.getTime() < before) await objects.delete(key);
  }
}
