import type { FileHandle } from 'node:fs/promises';

/** Fills a buffer from a position in a file and returns how many bytes were read: fewer only at the end of the file. A single read may return fewer anywhere. */
export async function readFully(file: FileHandle, buffer: Buffer, start: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
