import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type KeyValueStore,
  openKeyValueStore,
  type Range,
} from '../../../../scripts/local/emulators/sqlite-key-value-store.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const committed = (entries: KeyValueStore): Promise<void> => promisify(entries.whenCommitted)() as Promise<void>;

const inOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a range is to give, the slow way. */
function expected(all: Map<string, string>, { above = '', orFrom, below, orTo, reverse }: Range): [string, string][] {
  const found = [...all]
    .filter(([key]) => inOrder(key, above) > 0 || (orFrom && key === above))
    .filter(([key]) => below === undefined || inOrder(key, below) < 0 || (orTo && key === below))
    .sort(([a], [b]) => inOrder(a, b));
  return reverse ? found.toReversed() : found;
}

describe('key-value store', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'table.db');
  });
  afterEach(() => folder.remove());

  it('reads any range in the order of the bytes, however many entries it has', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '~', '/', 'é', '\u{ffff}', '🙂'),
      minLength: 1,
      maxLength: 4,
    });
    const range = fc.record(
      { above: key, below: key, orFrom: fc.boolean(), orTo: fc.boolean(), reverse: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 400, minKeys: 0 }), range, (given, within) => {
        const entries = openKeyValueStore(undefined);
        try {
          const all = new Map(Object.entries(given));
          for (const [name, value] of all) entries.set(name, value);
          expect([...entries.within(within)]).to.deep.equal(expected(all, within));
        } finally {
          entries.close();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('allows entries to be removed and written while they are read', () => {
    const entries = openKeyValueStore(undefined);
    const names = Array.from({ length: 1000 }, (_, index) => `k${String(index).padStart(4, '0')}`);
    for (const name of names) entries.set(name, name);
    const read: string[] = [];
    for (const [key] of entries.within({})) {
      read.push(key);
      entries.set(key);
    }
    expect(read).to.deep.equal(names);
    expect([...entries.within({})]).to.deep.equal([]);
    entries.close();
  });

  it('keeps what is committed, and only that, when it is opened again', async () => {
    const first = openKeyValueStore(path);
    for (let index = 0; index < 50; index += 1) first.set(`key ${index}`, `value ${index}`);
    first.set('key 7');
    await committed(first);
    first.close();
    const second = openKeyValueStore(path);
    expect([...second.within({})]).to.have.lengthOf(49);
    expect([second.get('key 7'), second.get('key 8')]).to.deep.equal([undefined, 'value 8']);
    second.close();
  });

  it('calls back every waiting writer once when its write is committed', async () => {
    const entries = openKeyValueStore(path);
    const told: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      entries.set(`key ${index}`, 'value');
      entries.whenCommitted((error) => told.push(error ? -1 : index));
    }
    expect(told).to.deep.equal([]);
    await committed(entries);
    expect(told).to.deep.equal(Array.from({ length: 20 }, (_, index) => index));
    await committed(entries);
    entries.close();
  });

  it('leaves nothing of removed entries in the file', async () => {
    const secret = 'ada@example.com';
    const first = openKeyValueStore(path);
    for (let index = 0; index < 500; index += 1) first.set(`key ${index}`, `${secret} ${index}`);
    await committed(first);
    for (let index = 0; index < 500; index += 1) first.set(`key ${index}`);
    await committed(first);
    first.close();
    expect(await readdir(folder.path)).to.deep.equal(['table.db']);
    expect((await readFile(path)).includes(secret)).to.equal(false);
  });

  it('opens for one process at a time', () => {
    const first = openKeyValueStore(path);
    expect(() => openKeyValueStore(path)).to.throw(/locked/);
    first.close();
    openKeyValueStore(path).close();
  });

  it('refuses a file that is not a database', async () => {
    await writeFile(path, 'something else, and longer than a header of a database has to be'.repeat(10));
    expect(() => openKeyValueStore(path)).to.throw(/not a database/);
  });
});
