import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../../command-line.ts';
import { DATA_FOLDER, TABLE_FILE } from './data-folder.ts';

/** Says what becomes of the images if the table is lost; empty for other databases. */
function adopting(path: string): string {
  if (basename(path) !== TABLE_FILE) return '';
  const folder = dirname(dirname(path));
  const dataOption = resolve(folder) === resolve(DATA_FOLDER) ? '' : `--data ${folder}`;
  return ` Then npm run verify${dataOption && ` -- ${dataOption}`} tells which images it was, and npm run verify --${dataOption && ` ${dataOption}`} --adopt makes records of them again.`;
}

const DAMAGED = (path: string) =>
  `${path} is damaged, or not a database. Put a backup of it in its place; without one, move it away, and ${basename(path)}-wal if it is there: what they held is lost, and a new one is made.${adopting(path)}`;
const CLOSED = (path: string) => `${path} cannot be read and written. Look at the permissions of it and of its folder.`;

/** What SQLite's result codes (https://sqlite.org/rescode.html) mean for whoever starts the service, whole or by the last eight bits. */
const SENTENCES: Record<number, (path: string) => string> = {
  5: (path) => `${path} is locked by another process, such as npm start on the same folder. Stop that one first.`,
  8: CLOSED,
  10: (path) => `The disk of ${path} fails. Look at the log of the system.`,
  11: DAMAGED,
  13: (path) => `The disk of ${path} is full. Make room and start again; nothing that was stored is lost.`,
  14: CLOSED,
  26: DAMAGED,
  // SQLITE_IOERR_SHORT_READ: the file ends before what its log, or its own head, says.
  522: DAMAGED,
};

/** Turns the error for a database that cannot be opened into one sentence; other errors stay as they are. */
export function explainDatabaseError(path: string, error: unknown): unknown {
  // The file contains something other than what was written.
  if (error instanceof SyntaxError) return new CommandError(DAMAGED(path));
  const { errcode } = error as { errcode?: number };
  const sentence = errcode === undefined ? undefined : (SENTENCES[errcode] ?? SENTENCES[errcode & 255]);
  return sentence ? new CommandError(sentence(path)) : error;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** SQLite takes a file that is empty or not there for a new database, and drops what its log holds. */
function keepLog(path: string): void {
  const log = `${path}-wal`;
  if (sizeOf(path) > 0 || sizeOf(log) === 0) return;
  throw new CommandError(
    `${path} is empty or gone, and its log ${log} is not. Put a backup of it in its place; without one, move the log away too.${adopting(path)}`,
  );
}

/** Opens a database, or one in memory without a path, and executes statements in it; none is left open where one fails. */
export function openDatabase(path: string | undefined, statements: readonly string[]): DatabaseSync {
  if (path !== undefined) keepLog(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path ?? ':memory:');
    for (const statement of statements) database.exec(statement);
    return database;
  } catch (error) {
    database?.close();
    throw path === undefined ? error : explainDatabaseError(path, error);
  }
}
