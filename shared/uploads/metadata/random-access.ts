import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { endsEarly, irremovable } from './irremovable.ts';
import type { Work } from './work.ts';

/** A file of which any part can be read. */
export interface RandomAccess {
  /** Bytes. */
  size: number;
  /** Reads so many bytes from an offset. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Reads so many bytes from an offset; they must be there. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/** Bytes that are read at a time, so that a table and its values are usually one read. */
const WINDOW_BYTES = 256 * 1024;

/** Windows that are held, so that a file of 4 MiB is read once at most, and one with tables here and there hardly more often. */
const WINDOWS = 16;
const HELD_BYTES = WINDOWS * WINDOW_BYTES;

/**
 * How often each window of a file may be read, and windows beyond that. A file whose tables point to and fro is refused before it takes much
 * more than reading it a few times.
 */
const MOST_READS_OF_WINDOW = 4;
const MORE_READS = 64;
/** Those of S3 take some 20 ms each. Two for each directory that a TIFF may have. */
const MOST_READS = 4_000;

/** How many windows may be read of a file of so many bytes. */
const mostReads = (size: number): number =>
  Math.min(MOST_READS, MORE_READS + MOST_READS_OF_WINDOW * Math.ceil(size / WINDOW_BYTES));

/** Opens a reader, which lets the event loop have its turn where it is time: bytes that are held come without one. */
export function openReader({ size, read }: RandomAccess, work: Work): ReadAt {
  const held = new LRUCache<number, Buffer>({ max: WINDOWS });
  let reads = 0;
  const fetch = async (offset: number, length: number): Promise<Buffer> => {
    reads += Math.ceil(length / WINDOW_BYTES);
    if (reads > mostReads(size)) throw irremovable('its parts are scattered over the file');
    const { buffer, byteOffset, byteLength } = await read(offset, length);
    if (byteLength !== length) throw endsEarly();
    return Buffer.from(buffer, byteOffset, byteLength);
  };
  const windowAt = async (start: number): Promise<Buffer> => {
    const window = held.get(start) ?? (await fetch(start, Math.min(WINDOW_BYTES, size - start)));
    held.set(start, window);
    return window;
  };
  return async (offset, length) => {
    work.spend(1, length);
    if (work.mustPause()) await setImmediate();
    if (offset < 0 || offset + length > size) throw endsEarly();
    if (length > HELD_BYTES) return fetch(offset, length);
    const first = offset - (offset % WINDOW_BYTES);
    const pieces: Buffer[] = [];
    for (let start = first; start < offset + length || start === first; start += WINDOW_BYTES) {
      const window = await windowAt(start);
      pieces.push(window.subarray(Math.max(0, offset - start), offset + length - start));
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  };
}
