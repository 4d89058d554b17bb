import type { Request } from '@hapi/hapi';
import { LIMITS } from '../../shared/domain/limits.ts';
import { isFinal } from '../../shared/domain/rendition.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import { type Image, type ImageTable, readStoredImage } from '../../shared/storage/table/image-table.ts';
import { openSingleFlight, type SingleFlight } from './single-flight.ts';

/** How long a client waits for a rendition that is not ready: `Prefer: wait=SECONDS` (RFC 7240, 4.3). */
export interface PreferWait {
  /** Seconds to wait; undefined if the client did not ask to wait. */
  seconds: number | undefined;
  /** Whether the time is over, or the client has gone. */
  isOver(): boolean;
  /** The image as soon as its rendition is ready or has failed, or as it is when the wait is over. */
  untilFinal(image: Image, name: string): Promise<Image>;
}

/** Milliseconds between polls: short at first, because most renditions are made within a second. */
const MIN_POLL_MS = 100;
const MAX_POLL_MS = 1000;

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
      for (let pause = MIN_POLL_MS; !hasFinal(latest, name) && !isOver(); pause = Math.min(pause * 1.5, MAX_POLL_MS)) {
        await clock.pause(Math.min(pause, end - clock.now()));
        latest = await readTogether(table, image.record.imageId);
      }
      return latest;
    },
  };
}

const readers = new WeakMap<ImageTable, SingleFlight<Image>>();

/**
 * Reads an image once for all clients that wait for it at the same moment. The read is consistent, because an old `ready` would end the wait for a
 * rendition that is being made again.
 */
function readTogether(table: ImageTable, imageId: string): Promise<Image> {
  const singleFlight = readers.get(table) ?? openSingleFlight<Image>();
  readers.set(table, singleFlight);
  return singleFlight(imageId, () => readStoredImage(table, imageId, { consistent: true }));
}

/** A rendition that is missing is not final: it was requested a moment ago, and its item will appear. */
function hasFinal({ renditions }: Image, name: string): boolean {
  const rendition = renditions.find((candidate) => candidate.name === name);
  return rendition !== undefined && isFinal(rendition.status);
}
