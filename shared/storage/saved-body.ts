import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkObjectLength } from './damaged-object.ts';
import type { CopyOptions } from './object-store.ts';

/** Writes the body of an object into a new file; nothing is left of it when that fails, is aborted, or brings another length than told. */
export async function saveBody(
  body: Readable,
  { key, path, contentLength, signal }: CopyOptions & { key: string; path: string },
): Promise<void> {
  try {
    const counted = (chunks: AsyncIterable<Buffer>) => exactly(chunks, { key, contentLength });
    await pipeline(body, counted, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* exactly(
  chunks: AsyncIterable<Buffer>,
  { key, contentLength }: { key: string; contentLength: number },
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    // The rest of one that is too long is not waited for.
    if (bytes > contentLength) break;
    yield chunk;
  }
  checkObjectLength(key, { found: bytes, recorded: contentLength });
}
