import type { StatementSync } from 'node:sqlite';
import type { Durability } from '../../../shared/storage/objects/durability.ts';
import { openDatabase } from '../data-folder/open-database.ts';

/** A range of keys. The bounds are exclusive unless `orFrom` or `orTo` is set. */
export interface Range {
  above?: string;
  orFrom?: boolean;
  below?: string;
  orTo?: boolean;
  reverse?: boolean;
}

/**
 * Texts by keys in the order of their bytes, in a file of SQLite's or in memory. Everything that is written in one turn of the event loop is
 * one transaction: it is on the disk as a whole or not at all, and one fsync serves all who wait for it.
 */
export interface KeyValueStore {
  get(key: string): string | undefined;
  /** Writes a value, or removes the key where there is none; throws what SQLite says. */
  set(key: string, value?: string): void;
  /** Calls back when everything that was written before is committed, or with the reason why it was not, and is not there any more. */
  whenCommitted(done: (error: Error | null) => void): void;
  /** Reads in pages, so that no reader holds the database. */
  within(range: Range): Generator<[key: string, value: string]>;
  close(): void;
}

/** The number of entries that are read at once. */
const PAGE = 128;

/**
 * Opens them in a file, or in memory without one; without fsync, what is committed survives the end of the process and no power cut. Throws
 * if another process has the file, or if it is no database.
 */
export function openKeyValueStore(path: string | undefined, durability: Durability = 'fsync'): KeyValueStore {
  const database = openDatabase(path, [
    // The first process that comes has it until it ends, however it ends.
    'PRAGMA locking_mode = EXCLUSIVE',
    'PRAGMA journal_mode = WAL',
    // In a WAL, only FULL syncs at each commit (https://sqlite.org/pragma.html#pragma_synchronous).
    `PRAGMA synchronous = ${durability === 'fsync' ? 'FULL' : 'NORMAL'}`,
    // What is deleted is overwritten with zeros, so that a deleted record is not found in the file.
    'PRAGMA secure_delete = ON',
    'CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
    'BEGIN IMMEDIATE; COMMIT',
  ]);
  // As text, whatever a disk or a hand has made of it: what is none is empty.
  const value = "IFNULL(CAST(value AS TEXT), '') AS value";
  const one = database.prepare(`SELECT ${value} FROM entries WHERE key = ?`);
  const put = database.prepare('INSERT INTO entries VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const remove = database.prepare('DELETE FROM entries WHERE key = ?');
  const pages = new Map<string, StatementSync>();
  let isWriting = false;
  let waiting: ((error: Error | null) => void)[] = [];

  /** Ends the transaction, which is gone as a whole if a part of it failed. */
  const end = (failure: Error | null): void => {
    if (failure && database.isTransaction) database.exec('ROLLBACK');
    isWriting = false;
    const finished = waiting;
    waiting = [];
    for (const done of finished) done(failure);
  };
  const commit = (): void => {
    if (!isWriting) return;
    let failure: Error | null = null;
    try {
      database.exec('COMMIT');
    } catch (error) {
      failure = error as Error;
    }
    end(failure);
  };
  const page = (range: Range): StatementSync => {
    const [lower, upper] = [range.orFrom ? '>=' : '>', range.orTo ? '<=' : '<'];
    const order = range.reverse ? 'DESC' : 'ASC';
    const text = `SELECT key, ${value} FROM entries WHERE key ${lower} ? AND key ${upper} ? ORDER BY key ${order} LIMIT ${PAGE}`;
    const statement = pages.get(text) ?? database.prepare(text);
    pages.set(text, statement);
    return statement;
  };

  return {
    get: (key) => one.get(key)?.value as string | undefined,
    set(key, value) {
      try {
        if (!isWriting) {
          database.exec('BEGIN IMMEDIATE');
          isWriting = true;
          setImmediate(commit);
        }
        if (value === undefined) remove.run(key);
        else put.run(key, value);
      } catch (error) {
        end(error as Error);
        throw error;
      }
    },
    whenCommitted(done) {
      if (isWriting) waiting.push(done);
      else done(null);
    },
    *within(range) {
      let rest: Range | undefined = range;
      while (rest) {
        const rows = page(rest).all(rest.above ?? '', rest.below ?? '\u{10ffff}') as { key: string; value: string }[];
        for (const { key, value } of rows) yield [key, value];
        const last: string | undefined = rows.length === PAGE ? rows.at(-1)?.key : undefined;
        if (last === undefined) return;
        rest = rest.reverse ? { ...rest, below: last, orTo: false } : { ...rest, above: last, orFrom: false };
      }
    },
    close() {
      commit();
      database.close();
    },
  };
}
