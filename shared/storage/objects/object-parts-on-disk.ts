import { randomUUID } from 'node:crypto';
import { access, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEndsEarly } from './damaged-object.ts';
import type { FileRange } from './file-digest-thread.ts';
import type { FilePiece } from './file-reader.ts';
import type { ByteRange } from './object-store.ts';
import { undefinedIfMissing } from './regular-file.ts';

/** The suffix of the folder that contains an object's parts. */
export const PARTS_SUFFIX = '.parts';

export const partsFolder = (path: string): string => path + PARTS_SUFFIX;

const PART_OF_OBJECT = /^\d{5}-(\d+)$/;

/** The number of files that are examined at the same time. */
const CONCURRENCY = 16;

/** For a folder into which others still write while it is removed. */
export const RETRIES = { maxRetries: 10, retryDelay: 10 };

/** Finds the files of an object that was made of parts, in their order; undefined if there is none. */
export async function findParts(path: string): Promise<FileRange[] | undefined> {
  const folder = partsFolder(path);
  const names = (await readdir(folder).catch(undefinedIfMissing)) ?? [];
  const parts = names
    .sort()
    .map((name) => ({ path: join(folder, name), length: Number(PART_OF_OBJECT.exec(name)?.[1]) }));
  return parts.length > 0 ? parts : undefined;
}

/** Splits a range of the concatenated files into pieces of each file. */
export function piecesOfRange(parts: FileRange[], { start, end }: ByteRange): FilePiece[] {
  let before = 0;
  return parts.flatMap(({ path, length }) => {
    const [from, to] = [Math.max(start - before, 0), Math.min(end - before, length - 1)];
    before += length;
    return from <= to ? [{ path, start: from, length: to - from + 1 }] : [];
  });
}

/** Checks, before the first file is read, that every file is long enough: `object_damaged` if one is not. */
export async function checkPieces(pieces: readonly FilePiece[]): Promise<void> {
  await forEach(pieces, async ({ path, start, length }) => {
    const found = await stat(path);
    if (!found.isFile() || found.size < start + length) throw fileEndsEarly(path);
  });
}

/** Removes a folder, if there is one, atomically for readers: it is renamed out of sight first. */
export async function removeFolder(folder: string, incoming: string): Promise<void> {
  const dropped = join(incoming, randomUUID());
  try {
    await rename(folder, dropped);
  } catch (error) {
    undefinedIfMissing(error);
    // The same codes mean that `incoming` is missing.
    await access(incoming);
    return;
  }
  await rm(dropped, { recursive: true, force: true, ...RETRIES });
}

/** Processes the items, several at a time, and returns the results in their order. */
export async function forEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const run = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
  return results;
}
