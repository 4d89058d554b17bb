import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../../../../shared/storage/objects/read-fully.ts';

/** A part of a file in memory, which is moved to where its reader is. */
export interface FileWindow {
  readonly fileSize: number;
  /** Whether so many bytes from an offset are in memory. */
  holds(at: number, length: number): boolean;
  /** Reads from an offset. */
  load(at: number): Promise<void>;
  /** A byte that it holds. */
  byte(at: number): number;
  /** Bytes from an offset, as many of them as it holds; valid until the next move. */
  held(at: number, length: number): Buffer;
  /** So many bytes from an offset, or as many as the file has; valid until the next move. */
  bytes(at: number, length: number): Promise<Buffer>;
  /** So many bytes from an offset, or as many as the file has, apart from the window. */
  copy(at: number, length: number): Promise<Buffer>;
  /** The offset of the next byte of this value, from an offset in memory on; undefined if there is none in memory. */
  find(value: number, from: number): number | undefined;
  /** The offset after the last byte in memory. */
  end(): number;
}

export function openWindow(file: FileHandle, fileSize: number, windowBytes = 64 * 1024): FileWindow {
  const buffer = Buffer.alloc(windowBytes);
  let start = 0;
  let end = 0;
  const holds = (at: number, length: number) => at >= start && at + length <= end;
  const load = async (at: number) => {
    const bytes = await readFully(file, buffer, at);
    start = at;
    end = at + bytes;
  };
  const held = (at: number, length: number) => buffer.subarray(at - start, Math.min(at + length, end) - start);
  return {
    fileSize,
    holds,
    load,
    byte: (at) => buffer[at - start] ?? 0,
    held,
    bytes: async (at, length) => {
      if (!holds(at, length)) await load(at);
      return held(at, length);
    },
    copy: async (at, length) => {
      // The length may come from the file, so it is not trusted.
      const copied = Buffer.alloc(Math.max(0, Math.min(length, fileSize - at)));
      return copied.subarray(0, await readFully(file, copied, at));
    },
    find: (value, from) => {
      const found = buffer.indexOf(value, from - start);
      return found < 0 || start + found >= end ? undefined : start + found;
    },
    end: () => end,
  };
}
