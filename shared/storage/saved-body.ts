import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CopyOptions } from './object-store.ts';

/** Writes a body into a new file; nothing is left of it when that fails, is aborted, or brings more than `maxBytes`. */
export async function saveBody(body: Readable, path: string, { maxBytes, signal }: CopyOptions): Promise<void> {
  try {
    const limited = (chunks: AsyncIterable<Buffer>) => upTo(chunks, maxBytes);
    await pipeline(body, limited, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* upTo(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLong(maxBytes);
    yield chunk;
  }
}

/** Not the fault of a user: the record and the object have come apart. */
export const tooLong = (maxBytes: number): Error =>
  new Error(`The object has more than the ${maxBytes} bytes that its record tells of.`);
