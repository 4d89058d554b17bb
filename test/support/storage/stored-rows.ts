import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A row of the local table in SQLite. Its key may be damaged as well as its value. */
export interface StoredRow {
  key: string;
  value: Buffer;
}

/** Reads and changes rows of the table in a data folder that no other process has open, without any code under test. */
export function withRows<Result>(
  data: string,
  work: (rows: StoredRow[], write: (key: string, row: { key?: Uint8Array; value?: unknown }) => void) => Result,
): Result {
  const database = new DatabaseSync(join(data, 'dynamodb', 'table.db'));
  try {
    const rows = database.prepare('SELECT key, CAST(value AS BLOB) AS value FROM entries').all();
    const write = (key: string, row: { key?: Uint8Array; value?: unknown }) => {
      if (row.value !== undefined)
        database.prepare('UPDATE entries SET value = ? WHERE key = ?').run(row.value as string, key);
      if (row.key) database.prepare('UPDATE entries SET key = CAST(? AS TEXT) WHERE key = ?').run(row.key, key);
    };
    return work(
      rows.map(({ key, value }) => ({ key: String(key), value: Buffer.from(value as Uint8Array) })),
      write,
    );
  } finally {
    database.close();
  }
}

/** The start of the keys of an image's rows, after the six characters that spread them. */
export const isRowOf = (imageId: string, sortKey: string, { key }: Pick<StoredRow, 'key'>): boolean =>
  key.startsWith('item-') && key.endsWith(`/${hex(`IMAGE#${imageId}`)}/${hex(sortKey)}/`);

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Flips one bit. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
