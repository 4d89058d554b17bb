import type { FileHandle } from 'node:fs/promises';

/** Fills a buffer with what stands from a place on, and answers how many bytes there were: fewer only where the file ends. One read may come short anywhere. */
export async function fillFrom(file: FileHandle, buffer: Buffer, start: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
