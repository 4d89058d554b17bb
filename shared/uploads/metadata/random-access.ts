import { setImmediate } from 'node:timers/promises';
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
const READ_BYTES = 256 * 1024;
/** More reads than any file needs that has no more parts than it may have: those of S3 take some 20 ms each. */
const MOST_READS = 10_000;

/** Opens a reader, which lets the event loop have its turn where it is time: bytes that are held come without one. */
export function openReader({ size, read }: RandomAccess, work: Work): ReadAt {
  let start = 0;
  let held: Buffer = Buffer.alloc(0);
  let reads = 0;
  return async (offset, length) => {
    work.spend(1, length);
    if (work.mustPause()) await setImmediate();
    if (offset < 0 || offset + length > size) throw endsEarly();
    if (offset < start || offset + length > start + held.length) {
      reads += 1;
      if (reads > MOST_READS) throw irremovable('its parts are scattered over the file');
      const bytes = await read(offset, Math.min(Math.max(length, READ_BYTES), size - offset));
      if (bytes.length < length) throw endsEarly();
      start = offset;
      held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return held.subarray(offset - start, offset - start + length);
  };
}
