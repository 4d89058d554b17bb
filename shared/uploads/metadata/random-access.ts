import { endsEarly, irremovable } from './irremovable.ts';

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

export function openReader({ size, read }: RandomAccess): ReadAt {
  let start = 0;
  let held: Buffer = Buffer.alloc(0);
  let reads = 0;
  return async (offset, length) => {
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
