import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Node's own recursive `mkdir` tries for ever below a folder that exists and takes no folders,
 * such as /proc (Node 24.21).
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
