import type { Request } from '@hapi/hapi';
import { LIMITS } from '../../shared/domain/limits.ts';
import { isFinal } from '../../shared/domain/rendition.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import { type Image, type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import { openSingleFlight, type SingleFlight } from './single-flight.ts';

/** How long a client waits for what is not ready: `Prefer: wait=SECONDS` (RFC 7240, 4.3). */
export interface PreferWait {
  /** Seconds that will be waited; undefined where the client did not ask for it. */
  seconds: number | undefined;
  isOver(): boolean;
  /** The image as soon as a rendition of it is ready or failed, or as it is when patience is over. */
  untilFinal(image: Image, name: string): Promise<Image>;
}

/** Milliseconds between looks: short at first, because most renditions are made within a second. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 1000;

export function readPreferWait(request: Request, table: ImageTable, clock: Clock = CLOCK): PreferWait {
  const preferred = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})/i.exec(String(request.raw.req.headers.prefer ?? ''))?.[1];
  const seconds = preferred === undefined ? undefined : Math.min(Number(preferred), LIMITS.waitSeconds);
  const end = clock.now() + (seconds ?? 0) * 1000;
  const isOver = () => clock.now() >= end || request.raw.res.closed;
  return {
    seconds,
    isOver,
    async untilFinal(image, name) {
      let latest = image;
      for (
        let pause = FIRST_LOOK_MS;
        !isSettled(latest, name) && !isOver();
        pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)
      ) {
        await clock.pause(Math.min(pause, end - clock.now()));
        latest = await readTogether(table, image.record.imageId);
      }
      return latest;
    },
  };
}

const readers = new WeakMap<ImageTable, SingleFlight<Image>>();

/**
 * Reads an image once for all who wait for it at the same moment. Consistently, because a `ready` from before it was to be made again
 * would look like the end.
 */
function readTogether(table: ImageTable, imageId: string): Promise<Image> {
  const singleFlight = readers.get(table) ?? openSingleFlight<Image>();
  readers.set(table, singleFlight);
  return singleFlight(imageId, () => readStoredImage(table, imageId, { consistent: true }));
}

/** One that is not there yet will be: it was asked for a moment ago. */
function isSettled({ renditions }: Image, name: string): boolean {
  const rendition = renditions.find((candidate) => candidate.name === name);
  return rendition !== undefined && isFinal(rendition.status);
}
