import { hasCode } from '../../shared/domain/errors.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/table/image-table.ts';
import { type ImageSnapshot, snapshotOf } from './image-snapshot.ts';

/** One watcher's view of an image. The image is polled once for all its watchers. */
export interface ImageWatch {
  /** The image as it was last read. */
  latest(): ImageSnapshot;
  /** Resolves at the next change, or when watching ends for all. */
  changed(): Promise<void>;
  isOver(): boolean;
  /** Each watcher must call this once. */
  leave(): void;
}

export interface ImagePoller {
  watch(imageId: string, now: ImageSnapshot): ImageWatch;
  /** Ends the watching of all images. */
  stop(): void;
}

/** Milliseconds between two polls of a watched image, each of which costs a read of the table. */
const POLL_MS = 1000;

interface Watch {
  latest: ImageSnapshot;
  changed: PromiseWithResolvers<void>;
  watchers: number;
}

interface Dependencies {
  table: ImageTable;
  logger: Logger;
  clock?: Clock | undefined;
}

export function openImagePoller({ table, logger, clock = CLOCK }: Dependencies): ImagePoller {
  const watches = new Map<string, Watch>();
  let isStopped = false;

  async function poll(imageId: string, watch: Watch): Promise<void> {
    for (;;) {
      await clock.pause(POLL_MS);
      if (watch.watchers === 0 || isStopped) return;
      try {
        const snapshot = snapshotOf(await readStoredImage(table, imageId));
        if (snapshot.eTag !== watch.latest.eTag) change(watch, snapshot);
      } catch (err) {
        if (hasCode(err, 'image_deleted') || hasCode(err, 'image_not_found'))
          return change(watch, { ...watch.latest, eTag: '"deleted"', isDeleted: true });
        // Watchers keep waiting, because the next poll may succeed.
        logger.warn({ err, imageId }, 'a watched image cannot be read');
      }
    }
  }

  function change(watch: Watch, snapshot: ImageSnapshot): void {
    watch.latest = snapshot;
    watch.changed.resolve();
    watch.changed = Promise.withResolvers();
  }

  return {
    watch(imageId, now) {
      const watch = watches.get(imageId) ?? { latest: now, changed: Promise.withResolvers(), watchers: 0 };
      watches.set(imageId, watch);
      watch.watchers += 1;
      if (watch.watchers === 1) void poll(imageId, watch);
      return {
        latest: () => watch.latest,
        changed: () => watch.changed.promise,
        isOver: () => isStopped,
        leave() {
          watch.watchers -= 1;
          if (watch.watchers === 0) watches.delete(imageId);
        },
      };
    },
    stop() {
      isStopped = true;
      for (const watch of watches.values()) watch.changed.resolve();
    },
  };
}
