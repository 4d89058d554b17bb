import { Readable } from 'node:stream';
import type { DynaliteOptions, DynaliteStore, Ranged, TableDescription } from 'dynalite/db/index.js';
import { openRowReader } from './damaged-rows.ts';
import type { KeyValueStore, Range } from './sqlite-key-value-store.ts';

/** The prefixes of the keys by what an entry is: descriptions of tables, items of a table, its indexes, its tags. Kept as dynalite 4 has them in LevelDB. */
export const PREFIXES = {
  table: 'table~',
  item: (table: string) => `item-${table}~`,
  indexes: (kind: string, table: string) => `index-${kind.toLowerCase()}~${table}~`,
  index: (kind: string, table: string, index: string) => `${PREFIXES.indexes(kind, table)}${index}~`,
  tag: (table: string) => `tag-${table}~`,
};

/** The greatest of all texts that begin so; no key contains this character. */
const lastOf = (prefix: string) => `${prefix}\u{10ffff}`;

/** The range of all keys with this prefix. */
export const beginningWith = (prefix: string): Range => ({ above: prefix, orFrom: true, below: lastOf(prefix) });

/** The descriptions of all tables, each with its key. */
export function* tablesIn(entries: KeyValueStore): Generator<[key: string, table: TableDescription]> {
  for (const [key, text] of entries.within(beginningWith(PREFIXES.table))) yield [key, JSON.parse(text)];
}

/** How the rows of a part are read, each by its key behind the part's prefix; undefined where there is nothing to read. */
interface Reading {
  read(key: string, text: string): unknown;
  readToWrite?(key: string, text: string): unknown;
  /** Called after a write. */
  written?(key: string): void;
}

const PLAIN: Reading = { read: (_key, text) => JSON.parse(text) };

type Done<Value = void> = (error: Error | null, value?: Value) => void;

/** An error as dynalite answers it; of any other it throws past everybody. */
const answered = (error: Error, statusCode: number, type: string, message: string) =>
  Object.assign(error, { statusCode, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message } });

const notFound = (message: string) =>
  answered(Object.assign(new Error(message), { name: 'NotFoundError' }), 400, 'ResourceNotFoundException', message);

/**
 * What dynalite's operations read from and write to, in place of its own store on LevelDB, which leaks an iterator a query, syncs nothing and
 * throws past everybody where the disk is full. Reading and writing return before anything else happens, so an item and its indexes are
 * one transaction, and no lock is needed. What is written is told of when it is committed; `report` hears of what could not be.
 */
export function dynaliteStore(entries: KeyValueStore, report: (error: Error) => void): DynaliteStore {
  const failed = (error: unknown): Error => {
    report(error as Error);
    return answered(error as Error, 500, 'InternalServerError', 'The table cannot be read or written.');
  };
  const attempt = <Value>(done: Done<Value>, work: () => Value): void => {
    let value: Value;
    try {
      value = work();
    } catch (error) {
      done(failed(error));
      return;
    }
    done(null, value);
  };
  /** What else is written with an item need not be waited for: it is in the item's transaction, or in one before. */
  const write = (isAwaited: boolean, done: Done, work: () => void): void => {
    attempt((error) => {
      if (error || !isAwaited) done(error);
      else entries.whenCommitted((reason) => done(reason && failed(reason)));
    }, work);
  };
  const rows = openRowReader(entries, report);
  const part = (prefix: string, { read, readToWrite = read, written = () => undefined }: Reading = PLAIN) => {
    const isAwaited = !prefix.startsWith('index-');
    const ranged = (options: Ranged = {}): Range => ({
      above: prefix + (options.gte ?? options.gt ?? ''),
      orFrom: options.gt === undefined,
      below: (options.lte ?? options.lt) === undefined ? lastOf(prefix) : prefix + (options.lte ?? options.lt),
      orTo: options.lte !== undefined,
      reverse: options.reverse === true,
    });
    function* taken({ limit = -1, ...options }: Ranged = {}, take: Reading['read']) {
      let left = limit < 0 ? Number.POSITIVE_INFINITY : limit;
      try {
        for (const [key, text] of entries.within(ranged(options))) {
          if (left === 0) return;
          const value = take(key.slice(prefix.length), text);
          if (value === undefined) continue;
          left -= 1;
          yield value;
        }
      } catch (error) {
        throw failed(error);
      }
    }
    return {
      lock: (_key: string, run: (release: <Wrapped>(done: Wrapped) => Wrapped) => void) => run((done) => done),
      get: (key: string, done: Done<unknown>) =>
        attempt(done, () => {
          const text = entries.get(prefix + key);
          return text === undefined ? undefined : readToWrite(key, text);
        }),
      put: (key: string, value: unknown, done: Done) =>
        write(isAwaited, done, () => {
          entries.set(prefix + key, JSON.stringify(value));
          written(key);
        }),
      del: (key: string, done: Done) =>
        write(isAwaited, done, () => {
          entries.set(prefix + key);
          written(key);
        }),
      batch: (operations: { type: 'put' | 'del'; key: string; value?: unknown }[], done: Done) =>
        write(true, done, () => {
          for (const { type, key, value } of operations)
            entries.set(prefix + key, type === 'put' ? JSON.stringify(value) : undefined);
        }),
      createKeyStream: (options?: Ranged) => Readable.from(taken(options, (key) => key)),
      createValueStream: (options?: Ranged) => Readable.from(taken(options, read)),
      clear: (done: Done) =>
        write(true, done, () => {
          for (const [key] of entries.within(beginningWith(prefix))) entries.set(key);
        }),
    };
  };

  const tableDb = { ...part(PREFIXES.table), awsAccountId: '000000000000', awsRegion: 'us-east-1' };
  const options: DynaliteOptions = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, maxItemSize: 400 * 1024 };
  return {
    options,
    tableDb,
    getItemDb: (table) =>
      part(PREFIXES.item(table), {
        read: (key, text) => rows.item(table, key, text),
        readToWrite: (key, text) => rows.itemToWrite(table, key, text),
        written: (key) => rows.written(table, key),
      }),
    deleteItemDb: (table, done) => part(PREFIXES.item(table)).clear(done),
    getIndexDb: (kind, table, index) =>
      part(PREFIXES.index(kind, table, index), { read: (key, text) => rows.indexed({ table, index }, key, text) }),
    deleteIndexDb: (kind, table, index, done) => part(PREFIXES.index(kind, table, index)).clear(done),
    getTagDb: (table) => part(PREFIXES.tag(table)),
    deleteTagDb: (table, done) => part(PREFIXES.tag(table)).clear(done),
    getTable(name, mustBeSettled, given) {
      const isAsked = mustBeSettled === false;
      const done = (given ?? mustBeSettled) as Done<unknown>;
      tableDb.get(name, (error, table) => {
        if (error) return done(error);
        if (table && (isAsked || isSettled(table))) return done(null, table);
        done(notFound(`Requested resource not found${isAsked ? `: Table: ${name} not found` : ''}`));
      });
    },
    db: {
      close(done) {
        entries.close();
        done(null);
      },
    },
  };
}

const isSettled = (table: unknown): boolean =>
  !['CREATING', 'DELETING'].includes((table as { TableStatus: string }).TableStatus);
