/** dynalite brings no types. What is used here, from its readme and its source. */
declare module 'dynalite' {
  import type { Server } from 'node:http';
  import type { DynaliteOptions } from 'dynalite/db/index.js';

  export default function dynalite(options: Partial<DynaliteOptions>): Server;
}

declare module 'dynalite/db/index.js' {
  import type { Readable } from 'node:stream';

  type Done<Value = void> = (error: Error | null, value?: Value) => void;

  /** Values by the names of their types, by the names of attributes. */
  export type Item = Record<string, Record<string, unknown>>;

  type KeySchema = readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];

  export interface DynaliteOptions {
    /** Milliseconds in which a table is made, deleted or changed. */
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
    /** Bytes of an item. */
    maxItemSize: number;
  }

  /** Keys within bounds, in their order or from the last on; `limit` -1 is none. */
  export interface Ranged {
    gt?: string;
    gte?: string;
    lt?: string;
    lte?: string;
    reverse?: boolean;
    limit?: number;
  }

  /** Entries of one table, index or kind. */
  export interface DynalitePart {
    lock(key: string, run: (release: <Wrapped>(done: Wrapped) => Wrapped) => void): void;
    get(key: string, done: Done<unknown>): void;
    put(key: string, value: unknown, done: Done): void;
    del(key: string, done: Done): void;
    batch(operations: { type: 'put' | 'del'; key: string; value?: unknown }[], done: Done): void;
    createKeyStream(options?: Ranged): Readable;
    createValueStream(options?: Ranged): Readable;
  }

  /** What the operations of dynalite read and write. */
  export interface DynaliteStore {
    options: DynaliteOptions;
    tableDb: DynalitePart & { awsAccountId: string; awsRegion: string };
    getItemDb(table: string): DynalitePart;
    deleteItemDb(table: string, done: Done): void;
    getIndexDb(kind: string, table: string, index: string): DynalitePart;
    deleteIndexDb(kind: string, table: string, index: string, done: Done): void;
    getTagDb(table: string): DynalitePart;
    deleteTagDb(table: string, done: Done): void;
    /** With `false` a table that is being made or deleted is there too. */
    getTable(name: string, mustBeSettled: false | Done<unknown>, done?: Done<unknown>): void;
    db: { close(done: Done): void };
  }

  interface Keyed {
    KeySchema: KeySchema;
    AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  }

  export interface TableDescription extends Keyed {
    TableName: string;
    TableArn: string;
    TableStatus: string;
    GlobalSecondaryIndexes?: { IndexName: string; [fact: string]: unknown }[];
  }

  const db: {
    create(options: Partial<DynaliteOptions>): DynaliteStore;
    /** The key of an item in its table. */
    createKey(item: unknown, table: Keyed): string;
    /** The key of an item in an index of its table. */
    createIndexKey(item: unknown, table: Keyed, keySchema: KeySchema): string;
  };
  export default db;
}

declare module 'dynalite/actions/deleteItem.js' {
  import type { DynaliteStore } from 'dynalite/db/index.js';

  /** Carries out a request of DynamoDB's JSON protocol that has been validated. */
  export default function deleteItem(
    store: DynaliteStore,
    request: { TableName: string; Key: unknown },
    done: (error: Error | null, answer?: unknown) => void,
  ): void;
}
