import { join } from 'node:path';

/** The table's name on one machine. */
export const TABLE_NAME = 'images';

/** Where commands keep and look for data unless they are told, in the folder that they are run in. */
export const DATA_FOLDER = 'data';

/** Where, below a data folder, the object store is. */
export const objectsFolder = (folder: string): string => join(folder, 'object-store');

export const TABLE_FILE = 'table.db';

/** The file of the table; its write-ahead log has the same name with `-wal`. */
export const tableFile = (folder: string): string => join(folder, 'dynamodb', TABLE_FILE);
