import { LRUCache } from 'lru-cache';
import { isFinal } from '../../shared/domain/rendition.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import { findImage, type KnownImage } from '../../shared/storage/table/image-access.ts';
import { type FoundImage, type Image, type ImageTable, isStored } from '../../shared/storage/table/image-table.ts';
import { openSingleFlight } from './single-flight.ts';

/** A cache of image records for requests for bytes, because most requests for an image come close together. */
export interface ImageCache {
  /**
   * An image as `findImage` finds it: whether the caller may know of it is yet to be decided. It may be a second old, if `isEnough` accepts the
   * cached one.
   */
  read(imageId: string, isEnough?: (image: Image) => boolean): Promise<KnownImage | undefined>;
  /** Whether `read` would still find this image. */
  isCurrent(image: Image): boolean;
}

/** Milliseconds for which an image is cached, from before it was read: an eventually consistent read may be as old anyway. */
export const RECORD_CACHE_MS = 1000;

/** Milliseconds between two removals of expired images. */
const PURGE_INTERVAL_MS = 60_000;

/** The maximum number of records and renditions in the cache; each takes about a kilobyte. */
const MAX_ITEMS = 10_000;

/**
 * Reads an image once for all requests that ask for it at the same time. An image is cached only if all its renditions are final, because then it
 * changes only by a request: an image with renditions in progress is read again each time.
 */
export function openImageCache(table: ImageTable, clock: Pick<Clock, 'now'> = CLOCK): ImageCache {
  const singleFlight = openSingleFlight<KnownImage | undefined>();
  const cached = new LRUCache<string, Image>({
    maxSize: MAX_ITEMS,
    sizeCalculation: ({ renditions }) => 1 + renditions.length,
    ttl: RECORD_CACHE_MS,
    ttlResolution: 0,
    perf: clock,
  });

  let purgeAt = clock.now() + PURGE_INTERVAL_MS;
  /** The cache by itself removes an expired image only when somebody asks for it. */
  const purgeExpired = (): void => {
    if (clock.now() < purgeAt) return;
    purgeAt = clock.now() + PURGE_INTERVAL_MS;
    cached.purgeStale();
  };

  async function readAndCache(imageId: string): Promise<KnownImage | undefined> {
    const start = clock.now();
    purgeExpired();
    try {
      const image = await findImage(table, imageId);
      if (image?.record?.status !== 'stored') cached.delete(imageId);
      if (!image?.record) return image;
      const { record, complete } = image;
      let completing: Promise<FoundImage | undefined> | undefined;
      return {
        record,
        complete: () => {
          // Once for all requests that have joined.
          completing ??= complete().then(
            (found) => keep(imageId, found, start),
            (error: unknown) => {
              cached.delete(imageId);
              throw error;
            },
          );
          return completing;
        },
      };
    } catch (error) {
      cached.delete(imageId);
      throw error;
    }
  }

  function keep(imageId: string, image: FoundImage | undefined, start: number): FoundImage | undefined {
    if (!isStored(image)) cached.delete(imageId);
    else if (image.renditions.every(({ status }) => isFinal(status))) cached.set(imageId, image, { start });
    return image;
  }

  return {
    read(imageId, isEnough = () => true) {
      const image = cached.get(imageId);
      if (image && isEnough(image)) return Promise.resolve({ record: image.record, complete: async () => image });
      return singleFlight(imageId, () => readAndCache(imageId));
    },
    isCurrent: (image) => cached.get(image.record.imageId) === image,
  };
}
