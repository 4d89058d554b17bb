import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { StoredObject } from './object-store.ts';
import { READ_FLAGS } from './regular-file.ts';

/** The first `length` bytes of a file. */
export interface FileRange {
  path: string;
  length: number;
}

/** Small enough for the processor's cache, large enough that the calls do not count. */
const CHUNK = 256 * 1024;

/** An error as plain data, because errors lose all but their message between threads. */
export type DigestAnswer = StoredObject | { failure: Pick<NodeJS.ErrnoException, 'message' | 'code' | 'syscall'> };

/** Runs in a worker thread, so that it may block on the disk. */
export default function digest(files: FileRange[]): DigestAnswer {
  try {
    return digestOf(files);
  } catch (error) {
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    return { failure: { message, ...(code && { code }), ...(syscall && { syscall }) } };
  }
}

function digestOf(files: FileRange[]): StoredObject {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let contentLength = 0;
  for (const { path, length } of files) {
    const file = openSync(path, READ_FLAGS);
    try {
      for (let left = length; left > 0; ) {
        const read = readSync(file, buffer, 0, Math.min(left, CHUNK), null);
        if (read === 0) throw new Error(`${path} ends ${left} bytes early`);
        hash.update(buffer.subarray(0, read));
        left -= read;
        contentLength += read;
      }
    } finally {
      closeSync(file);
    }
  }
  return { contentLength, checksumSha256: hash.digest('base64') };
}
