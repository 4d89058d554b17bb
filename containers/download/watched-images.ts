import { hasCode } from '../../shared/domain/errors.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import { type ImageSnapshot, snapshotOf } from './image-snapshot.ts';

/** An image that somebody watches, however many they are: it is read once for all of them. */
export interface WatchedImage {
  /** As it was last read. */
  latest(): ImageSnapshot;
  /** Resolves at the next change, or when there will be no more looks. */
  changed(): Promise<void>;
  isOver(): boolean;
  /** To be called once by whoever watches. */
  leave(): void;
}

export interface WatchedImages {
  watch(imageId: string, now: ImageSnapshot): WatchedImage;
  /** Ends all watching. */
  stop(): void;
}

/** Milliseconds between looks at an image that is watched: a page shows nothing sooner, and a look costs a read. */
const LOOK_MS = 1000;

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

export function openWatchedImages({ table, logger, clock = CLOCK }: Dependencies): WatchedImages {
  const watches = new Map<string, Watch>();
  let isStopped = false;

  async function look(imageId: string, watch: Watch): Promise<void> {
    for (;;) {
      await clock.pause(LOOK_MS);
      if (watch.watchers === 0 || isStopped) return;
      try {
        const told = snapshotOf(await readStoredImage(table, imageId));
        if (told.eTag !== watch.latest.eTag) change(watch, told);
      } catch (err) {
        if (hasCode(err, 'image_deleted') || hasCode(err, 'image_not_found'))
          return change(watch, { ...watch.latest, eTag: '"deleted"', isDeleted: true });
        // Those who watch go on waiting: the next look may be answered.
        logger.warn({ err, imageId }, 'a watched image cannot be read');
      }
    }
  }

  function change(watch: Watch, told: ImageSnapshot): void {
    watch.latest = told;
    watch.changed.resolve();
    watch.changed = Promise.withResolvers();
  }

  return {
    watch(imageId, now) {
      const watch = watches.get(imageId) ?? { latest: now, changed: Promise.withResolvers(), watchers: 0 };
      watches.set(imageId, watch);
      watch.watchers += 1;
      if (watch.watchers === 1) void look(imageId, watch);
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
