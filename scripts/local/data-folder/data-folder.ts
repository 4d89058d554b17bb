import { join } from 'node:path';
import { CommandError } from '../../command-line.ts';
import { makeFolders } from './make-folders.ts';

/** The table's name on one machine. */
export const TABLE_NAME = 'images';

/** Where commands keep and look for data unless they are told, in the folder that they are run in. */
export const DATA_FOLDER = 'data';

/** Where, below a data folder, the object store is. */
export const objectsFolder = (folder: string): string => join(folder, 'object-store');

export const TABLE_FILE = 'table.db';

/** The file of the table; its write-ahead log has the same name with `-wal`. */
export const tableFile = (folder: string): string => join(folder, 'dynamodb', TABLE_FILE);

/** The file with the private key that signs the tokens of a folder, as JSON (RFC 7517); `npm start -- --auth` makes it. */
export const issuerFile = (folder: string): string => join(folder, 'issuer.json');

/** Creates a folder for data; the error is one sentence if something else is in its place. */
export function makeDataFolder(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    throw explainFolderError(path, error);
  }
}

/** Turns the error for a folder whose place is taken into one sentence; other errors stay as they are. */
export function explainFolderError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EEXIST' && code !== 'ENOTDIR') return error;
  return new CommandError(
    `${path} is no folder, and has to be one. Move what is there away, and put a backup in its place.`,
  );
}
