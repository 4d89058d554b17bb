import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Without O_NONBLOCK, opening a FIFO blocks one of the few threads of the pool until a writer comes. Windows has neither. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The errors for a name without a file: nothing is there, the path leads through a file or a cycle, it is too long, or it is a socket. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO', 'ENODEV']);

export const isMissing = (error: unknown): boolean => NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '');

/** For `catch`: returns undefined if there is no file of that name; rethrows every other error. */
export function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

export interface OpenedFile {
  file: FileHandle;
  /** Bytes. */
  size: number;
  mtime: Date;
}

/** Opens a file for reading; undefined if there is none, or if it is a folder, a FIFO or a device. */
export async function openRegularFile(path: string): Promise<OpenedFile | undefined> {
  const file = await open(path, READ_FLAGS).catch(undefinedIfMissing);
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
