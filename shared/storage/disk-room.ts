import { statfs } from 'node:fs/promises';
import { ImageServiceError } from '../domain/errors.ts';

/** Of a disk, what is kept for deleting and finishing at most, whatever the setting says: without that, a small disk would take nothing. */
const MOST_RESERVED = 0.05;

/** Milliseconds between two looks at a disk that is written to: at a gigabyte a second, a fifth of the reserve. */
const WATCH_MS = 200;

/** Seconds after which it makes sense to ask whether somebody has made room. */
const RETRY_AFTER_SECONDS = 60;

/** Room for what is new. What ends work that was begun, or gives room back, does not ask for it. */
export interface DiskRoom {
  /** Writes so many bytes, if that is known: `storage_full` before, or on the way, once only the reserve is left. */
  use<Result>(bytes: number | undefined, write: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export const storageFull = (cause?: unknown): ImageServiceError =>
  new ImageServiceError(
    'storage_full',
    'The disk of the object store has no room for more. Nothing of this was kept: delete images, or make room, and send it again.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );

/** The room on the disk of a folder, behind a reserve of so many bytes or of a twentieth of the disk, whichever is less. */
export function openDiskRoom(folder: string, reserveBytes: number): DiskRoom {
  const writers = new Set<AbortController>();
  let watch: NodeJS.Timeout | undefined;
  /** Bytes behind the reserve; fewer than none if it is in use. */
  const left = async (): Promise<number> => {
    const { bavail, blocks, bsize } = await statfs(folder);
    return bavail * bsize - Math.min(MOST_RESERVED * blocks * bsize, reserveBytes);
  };
  const look = async (): Promise<void> => {
    // What cannot be looked at the write itself finds out.
    if ((await left().catch(() => 0)) >= 0) return;
    for (const writer of writers) writer.abort(storageFull());
  };
  return {
    async use(bytes = 0, write) {
      if ((await left()) < bytes) throw storageFull();
      const writer = new AbortController();
      writers.add(writer);
      watch ??= setInterval(() => void look(), WATCH_MS).unref();
      try {
        return await write(writer.signal);
      } catch (error) {
        throw writer.signal.aborted ? writer.signal.reason : error;
      } finally {
        writers.delete(writer);
        if (writers.size === 0) {
          clearInterval(watch);
          watch = undefined;
        }
      }
    },
  };
}
