import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { objectsFolder, tableFile } from './data-folder.ts';
import { settingsFile } from './stack-settings.ts';

/** How the previous npm start on a folder ended, judged by what it left behind. */
export interface PreviousRun {
  /** What starting does about it, in sentences; empty if it ended cleanly. */
  sentences: string[];
  /** From when on originals may be without a record; undefined where none is suspected. */
  suspectedSince: Date | undefined;
}

/** Looks at what is left in a folder that this process has, before anything is started or removed there. Reads three names and one folder. */
export async function inspectPreviousRun(folder: string): Promise<PreviousRun> {
  const [settings, table, log, incoming, originals] = await Promise.all([
    look(settingsFile(folder)),
    look(tableFile(folder)),
    look(`${tableFile(folder)}-wal`),
    readdir(join(objectsFolder(folder), 'incoming')).catch(gone),
    look(join(objectsFolder(folder), 'objects')),
  ]);
  // A store without a table, or with one in which nothing is, has lost it, unless an earlier version kept it.
  if (!table?.size && originals && !(await look(join(folder, 'dynamodb', 'CURRENT')))) {
    return { sentences: ['There are objects and no table: a new one is made.'], suspectedSince: new Date(0) };
  }
  if (table?.size && !originals) return { sentences: [WITHOUT_STORE(folder)], suspectedSince: undefined };
  if (!settings) return { sentences: [], suspectedSince: undefined };
  const leftovers = incoming?.length ?? 0;
  return {
    sentences: [
      `The npm start of ${settings.mtime.toISOString()} did not end cleanly: it was killed, or the machine went down.`,
      ...(leftovers > 0 ? [`What it left half written has been removed: ${leftovers} in incoming/.`] : []),
      ...recoveredFrom(log?.size),
    ],
    suspectedSince: settings.mtime,
  };
}

const WITHOUT_STORE = (folder: string): string =>
  `There is a table and no ${join(objectsFolder(folder), 'objects')}: an empty store is made. If its disk is not mounted, stop this and mount it; npm run verify tells what is lost.`;

/** What opening a table does about a log that is there, in a sentence; none without one. */
const recoveredFrom = (bytes = 0): string[] =>
  bytes > 0 ? [`The table was not closed: SQLite has recovered it from ${prettyBytes(bytes)} of its log.`] : [];

/** Says the same for the table in a folder that nobody has open. */
export const describeTableLog = async (folder: string): Promise<string[]> =>
  recoveredFrom((await look(`${tableFile(folder)}-wal`))?.size);

const look = (path: string) => stat(path).catch(gone);

function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
