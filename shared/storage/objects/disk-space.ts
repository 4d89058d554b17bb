import { statfs } from 'node:fs/promises';
import { ImageServiceError } from '../../domain/errors.ts';

/** The largest share of a disk that is reserved for deleting and finishing, whatever the setting says. Otherwise a small disk would accept nothing. */
const MOST_RESERVED = 0.05;

/** Milliseconds between checks of a disk that is being written to: at a gigabyte a second, a fifth of the reserve. */
const WATCH_MS = 200;

/** Seconds after which a client should retry, because somebody may have made room. */
const RETRY_AFTER_SECONDS = 60;

/** The disk space for new data. Work that finishes what was begun, or that frees space, does not ask for it. */
export interface DiskSpace {
  /** Runs a write of this many bytes, if the number is known. Rejects with `storage_full`, before or during the write, once only the reserve is left. */
  use<Result>(bytes: number | undefined, write: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export const storageFull = (cause?: unknown): ImageServiceError =>
  new ImageServiceError(
    'storage_full',
    'The disk of the object store has no room for more. Nothing of this was kept: delete images, or make room, and send it again.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );

/** Opens the disk space of a folder, apart from a reserve of `reserveBytes` or a twentieth of the disk, whichever is less. */
export function openDiskSpace(folder: string, reserveBytes: number): DiskSpace {
  const writers = new Set<AbortController>();
  let watch: NodeJS.Timeout | undefined;
  /** The free bytes beyond the reserve; negative if the reserve is in use. */
  const left = async (): Promise<number> => {
    const { bavail, blocks, bsize } = await statfs(folder);
    return bavail * bsize - Math.min(MOST_RESERVED * blocks * bsize, reserveBytes);
  };
  const look = async (): Promise<void> => {
    // If the disk cannot be checked, the write itself finds out.
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
