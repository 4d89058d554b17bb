import { LRUCache } from 'lru-cache';
import { isFinal } from '../../shared/domain/rendition.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import { type Image, type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import { openSingleFlight } from './single-flight.ts';

/** Images as they were read a moment ago, for those who want bytes: most requests for an image come close together. */
export interface ImageCache {
  /**
   * An image with all its renditions, up to a second old where that is enough for the one who asks. `image_not_found`, `image_deleted` as
   * by `readStoredImage`.
   */
  read(imageId: string, isEnough?: (image: Image) => boolean): Promise<Image>;
  /** Whether this is still what `read` answers. */
  isCurrent(image: Image): boolean;
}

/** Milliseconds that an image is known, counted from before it was read: as long as an eventually consistent read may be behind as well. */
const KNOWN_MS = 1000;

/** Milliseconds after which what is known no longer is let go of, with the next image that is read. */
const LET_GO_MS = 60_000;

/** Records and renditions that are known at most, of about a kilobyte each. */
const MOST_ITEMS = 10_000;

/**
 * Reads images, each of them once for all who ask at the same time. Known is only what nothing will change until somebody asks for
 * something: what is being made is read anew each time.
 */
export function openImageCache(table: ImageTable, clock: Pick<Clock, 'now'> = CLOCK): ImageCache {
  const singleFlight = openSingleFlight<Image>();
  const known = new LRUCache<string, Image>({
    maxSize: MOST_ITEMS,
    sizeCalculation: ({ renditions }) => 1 + renditions.length,
    ttl: KNOWN_MS,
    ttlResolution: 0,
    perf: clock,
  });

  let letGoAt = clock.now() + LET_GO_MS;
  /** The cache itself forgets only what somebody asks for again. */
  const letGo = (): void => {
    if (clock.now() < letGoAt) return;
    letGoAt = clock.now() + LET_GO_MS;
    known.purgeStale();
  };

  async function readAnew(imageId: string): Promise<Image> {
    const start = clock.now();
    letGo();
    try {
      const image = await readStoredImage(table, imageId);
      if (image.renditions.every(({ status }) => isFinal(status))) known.set(imageId, image, { start });
      return image;
    } catch (error) {
      known.delete(imageId);
      throw error;
    }
  }

  return {
    read(imageId, isEnough = () => true) {
      const image = known.get(imageId);
      if (image && isEnough(image)) return Promise.resolve(image);
      return singleFlight(imageId, () => readAnew(imageId));
    },
    isCurrent: (image) => known.get(image.record.imageId) === image,
  };
}
