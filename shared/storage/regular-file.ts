import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** To open a FIFO without this waits for a writer, in a thread that nothing ends, and there are few of those. Windows has neither. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** That no file answers to a name: none is there, it leads through a file or round in a circle, it is longer than names are, or it is a socket's. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO', 'ENODEV']);

export const isNothingThere = (error: unknown): boolean =>
  NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '');

/** For `catch`: undefined where no file answers to a name; throws every other error on. */
export function unlessThere(error: unknown): undefined {
  if (!isNothingThere(error)) throw error;
}

export interface OpenedFile {
  file: FileHandle;
  /** Bytes. */
  size: number;
  mtime: Date;
}

/** Opens a file for reading; undefined where there is none, or a folder, a FIFO or a device is in its place. */
export async function openRegular(path: string): Promise<OpenedFile | undefined> {
  const file = await open(path, READ_FLAGS).catch(unlessThere);
  if (!file) return undefined;
  try {
    const found = await file.stat();
    if (found.isFile()) return { file, size: found.size, mtime: found.mtime };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}
