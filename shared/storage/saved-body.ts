import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes a body into a new file; nothing is left of it when that fails or is aborted. */
export async function saveBody(body: Readable, path: string, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(body, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
