import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those that it lies in, where they are not there. Node's own way tries for ever where a folder is there and takes none, as
 * /proc does (24.21).
 */
export function makeFolders(path: string, mode?: number): void {
  const parent = dirname(path);
  if (!existsSync(parent) && parent !== path) makeFolders(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory();
    if (!isThere) throw error;
  }
}
