import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempDisposable, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import type { ObjectStore } from '../../../../shared/storage/objects/object-store.ts';
import { eventually } from '../../../support/eventually.ts';
import { mostMemoryMore } from '../../../support/memory.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf, brokenBody, KiB, longBody, MiB, storedObject } from '../../../support/storage/bodies.ts';

export interface OpenedObjectStore {
  store: ObjectStore;
  /** Bytes of the longest body of known length that is tried, where 200 MiB would take too long. */
  longestKnown?: number;
  close(): Promise<void>;
}

const OPTIONS = { contentType: 'application/octet-stream' };

/** Whether the length of a body is told beforehand, which takes different ways to S3. */
const LENGTHS = [
  { told: 'of known length', options: (contentLength: number) => ({ ...OPTIONS, contentLength }) },
  { told: 'of unknown length', options: () => OPTIONS },
];

const sizeOf = (bytes: number): string =>
  bytes >= MiB ? `${bytes / MiB} MiB` : bytes >= KiB ? `${bytes / KiB} KiB` : `${bytes} B`;

const newKey = () => `originals/${randomUUID()}`;

async function read(store: ObjectStore, key: string): Promise<Buffer> {
  const { body, contentLength } = await store.get(key);
  const bytes = await buffer(body);
  expect(bytes.length, 'contentLength').to.equal(contentLength);
  return bytes;
}

async function expectBytes(store: ObjectStore, key: string, bytes: Buffer): Promise<void> {
  const found = await read(store, key);
  expect(found.equals(bytes), `${key} holds the bytes (${found.length} found, ${bytes.length} put)`).to.equal(true);
}

async function isMissing(store: ObjectStore, key: string): Promise<boolean> {
  try {
    (await store.get(key)).body.destroy();
    return false;
  } catch (error) {
    if (error instanceof ImageServiceError && error.code === 'object_missing') return true;
    throw error;
  }
}

async function expectMissing(store: ObjectStore, key: string): Promise<void> {
  expect(await isMissing(store, key), `${key} is missing`).to.equal(true);
}

/** Runs work on every item, some at a time. */
async function forEach<Item>(items: Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const iterator = items.values();
  const run = async () => {
    for (const item of iterator) await work(item);
  };
  await Promise.all(Array.from({ length: 16 }, run));
}

/** Files and sockets that this process has open; Linux and macOS both list them here. */
const countDescriptors = async (): Promise<number> => (await readdir('/dev/fd')).length;

/** What every ObjectStore keeps to. `open` is called once. */
export function describeObjectStore(label: string, open: () => Promise<OpenedObjectStore>): void {
  describe(`object store: ${label}`, () => {
    let opened: OpenedObjectStore;
    let store: ObjectStore;

    before(async () => {
      opened = await open();
      store = opened.store;
    });

    after(() => opened?.close());

    const get = () => store;
    describeRoundTrip(get);
    describeBrokenBodies(get);
    describeUntrueLengths(get);
    describeRemoval(get);
    describeLists(get);
    describeConcurrency(get);
    describeCopies(get);
    describeResources(get, () => opened.longestKnown);
  });
}

type GetStore = () => ObjectStore;

function describeRoundTrip(store: GetStore): void {
  for (const { told, options } of LENGTHS) {
    for (const size of [0, 1, 300 * KiB, 20 * MiB]) {
      it(`keeps ${sizeOf(size)} ${told} and answers their length and SHA-256`, async () => {
        const key = newKey();
        const bytes = randomBytes(size);
        expect(await store().put(key, bodyOf(bytes), options(size))).to.deep.equal(storedObject(bytes));
        await expectBytes(store(), key, bytes);
      });
    }

    it(`replaces an object with a shorter one ${told}`, async () => {
      const key = newKey();
      const [first, second] = [randomBytes(300 * KiB), randomBytes(10)];
      await store().put(key, bodyOf(first), options(first.length));
      await store().put(key, bodyOf(second), options(second.length));
      await expectBytes(store(), key, second);
    });
  }

  it('tells the length of the whole beside a range, and has no range that reaches outside', async () => {
    const key = newKey();
    await store().put(key, bodyOf(Buffer.from('0123456789')), OPTIONS);
    const { body, contentLength, objectLength } = await store().get(key, { start: 2, end: 9 });
    expect([(await buffer(body)).toString(), contentLength, objectLength]).to.deep.equal(['23456789', 8, 10]);
    for (const range of [
      { start: 0, end: 10 },
      { start: 9, end: 1000 },
      { start: 10, end: 10 },
      { start: 500, end: 1000 },
    ])
      expect(await rejectionOf(store().get(key, range)), JSON.stringify(range)).to.have.property(
        'code',
        'object_damaged',
      );
  });

  it('answers object_missing for a key that was never put', async () => {
    const error = await rejectionOf(store().get(newKey()));
    expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'object_missing');
  });

  it('answers object_missing for the prefix of other keys', async () => {
    const key = newKey();
    await store().put(`${key}/below`, bodyOf(Buffer.from('below')), OPTIONS);
    const error = await rejectionOf(
      store()
        .get(key)
        .then(({ body }) => buffer(body)),
    );
    expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'object_missing');
  });

  it('answers that it can be reached', () => store().check());
}

const BREAKS = [
  {
    how: 'fails',
    breakOff: (body: Readable) => void body.destroy(new Error('the sender is gone')),
    expectError: (error: unknown) => expect(error).to.have.property('message', 'the sender is gone'),
  },
  {
    how: 'is destroyed',
    breakOff: (body: Readable) => void body.destroy(),
    expectError: (error: unknown) => expect(error).to.be.instanceOf(Error),
  },
];

/** Where a body breaks off: at once, within the first part that S3 would take, and after it. */
const BREAKING_POINTS = [0, 300 * KiB, 10 * MiB];

function describeBrokenBodies(store: GetStore): void {
  for (const { told, options } of LENGTHS) {
    for (const { how, breakOff, expectError } of BREAKS) {
      for (const size of BREAKING_POINTS) {
        const broken = () => brokenBody(Buffer.alloc(size, 'broken'), breakOff);
        const title = `a body ${told} that ${how} after ${sizeOf(size)}`;

        it(`leaves a missing key missing after ${title}`, async () => {
          const key = newKey();
          expectError(await rejectionOf(store().put(key, broken(), options(12 * MiB))));
          await expectMissing(store(), key);
        });

        it(`leaves an object as it was after ${title}`, async () => {
          const key = newKey();
          const bytes = randomBytes(300 * KiB);
          await store().put(key, bodyOf(bytes), OPTIONS);
          expectError(await rejectionOf(store().put(key, broken(), options(12 * MiB))));
          await expectBytes(store(), key, bytes);
        });
      }

      it(`refuses a body ${told} that ${how} before it is put`, async () => {
        const key = newKey();
        const body = new Readable({ read() {} }).on('error', () => undefined);
        breakOff(body);
        await sleep(0);
        expectError(await rejectionOf(store().put(key, body, options(10))));
        await expectMissing(store(), key);
      });
    }
  }
}

/** Lengths that a sender tells and does not keep to. The store may refuse the body or keep it whole, and nothing between. */
function describeUntrueLengths(store: GetStore): void {
  for (const size of [100, 300 * KiB]) {
    for (const [lie, contentLength] of [
      ['one byte more', size + 1],
      ['twice as many', size * 2],
      ['one byte fewer', size - 1],
      ['half as many', size / 2],
      ['none', 0],
    ] as const) {
      it(`never shows a part of a body of ${sizeOf(size)} that is told to have ${lie}`, async () => {
        const key = newKey();
        const bytes = randomBytes(size);
        let refused = false;
        try {
          expect(await store().put(key, bodyOf(bytes), { ...OPTIONS, contentLength })).to.deep.equal(
            storedObject(bytes),
          );
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error;
          refused = true;
        }
        if (refused) await expectMissing(store(), key);
        else await expectBytes(store(), key, bytes);
      });
    }
  }
}

function describeRemoval(store: GetStore): void {
  const putAll = (keys: string[]) => forEach(keys, (key) => store().put(key, bodyOf(Buffer.from(key)), OPTIONS));

  it('deletes an object, and once more', async () => {
    const key = newKey();
    await store().put(key, bodyOf(Buffer.from('gone')), OPTIONS);
    await store().delete(key);
    await expectMissing(store(), key);
    await store().delete(key);
  });

  it('deletes everything below a prefix and nothing beside it, and answers how much it was', async () => {
    const id = randomUUID();
    const below = [`renditions/${id}/a.webp`, `renditions/${id}/b/c.webp`];
    const beside = [`renditions/${id}b/a.webp`, `originals/${id}`, `renditions/b${id}/a.webp`];
    await putAll([...below, ...beside]);
    expect(await store().deletePrefix(`renditions/${id}/`)).to.equal(2);
    for (const key of below) await expectMissing(store(), key);
    for (const key of beside) await expectBytes(store(), key, Buffer.from(key));
    expect(await store().deletePrefix(`renditions/${id}/`)).to.equal(0);
  });

  it('takes an object below a prefix that was deleted', async () => {
    const key = `renditions/${randomUUID()}/a.webp`;
    await putAll([key]);
    await store().deletePrefix(key.slice(0, -'a.webp'.length));
    await putAll([key]);
    await expectBytes(store(), key, Buffer.from(key));
  });

  it('deletes more than the thousand objects that S3 lists and deletes at once', async () => {
    const prefix = `renditions/${randomUUID()}/`;
    const keys = Array.from({ length: 1005 }, (_, index) => `${prefix}${index}`);
    await putAll(keys);
    expect(await store().deletePrefix(prefix)).to.equal(1005);
    await forEach(keys, (key) => expectMissing(store(), key));
  });

  for (const prefix of ['', 'renditions', 'renditions/a']) {
    it(`refuses the prefix ${JSON.stringify(prefix)}, which does not end in /`, async () => {
      const key = newKey();
      await putAll([key]);
      expect(await rejectionOf(store().deletePrefix(prefix))).to.be.instanceOf(Error);
      await expectBytes(store(), key, Buffer.from(key));
    });
  }
}

function describeLists(store: GetStore): void {
  const listed = async (prefix: string, after?: string) => {
    const found = [];
    for await (const object of store().list(prefix, after)) found.push(object);
    return found;
  };

  it('lists what is below a prefix in the order of the keys, with length and time, and from any key on', async () => {
    const prefix = `renditions/${randomUUID()}/`;
    const names = ['b/2', 'a', 'c', 'b.x', 'b/1', 'a0', 'b0'];
    const begun = Date.now();
    for (const [index, name] of names.entries()) {
      await store().put(prefix + name, bodyOf(Buffer.alloc(index)), { ...OPTIONS, contentLength: index });
    }
    await store().put(newKey(), bodyOf(Buffer.from('beside')), OPTIONS);
    const keys = names.map((name) => prefix + name).sort();
    const all = await listed(prefix);
    expect(all.map(({ key }) => key)).to.deep.equal(keys);
    for (const { key, contentLength, lastModified } of all) {
      expect(contentLength, key).to.equal(names.indexOf(key.slice(prefix.length)));
      // A store elsewhere tells seconds, by a clock of its own.
      expect(Math.abs(lastModified.getTime() - begun), key).to.be.below(60_000);
    }
    for (const after of [...keys, `${prefix}b`, `${prefix}b/`, `${prefix}zz`, `${prefix}b/1a`]) {
      const behind = (await listed(prefix, after)).map(({ key }) => key);
      expect(behind, after).to.deep.equal(keys.filter((key) => key > after));
    }
  });

  it('lists nothing below a prefix where nothing is, and takes no prefix that does not end in /', async () => {
    expect(await listed(`renditions/${randomUUID()}/`)).to.deep.equal([]);
    expect(await rejectionOf(listed('renditions'))).to.be.instanceOf(Error);
  });
}

function describeConcurrency(store: GetStore): void {
  it('ends with one whole body when many are put under one key at once', async () => {
    const key = newKey();
    const bodies = Array.from({ length: 8 }, (_, index) => randomBytes(MiB + index));
    await Promise.all(
      bodies.map(async (bytes) => {
        expect(await store().put(key, bodyOf(bytes), OPTIONS)).to.deep.equal(storedObject(bytes));
      }),
    );
    const found = await read(store(), key);
    expect(bodies.filter((bytes) => bytes.equals(found))).to.have.lengthOf(1);
  });

  it('lets objects be put below a prefix while it is deleted', async () => {
    const prefix = `renditions/${randomUUID()}/`;
    const keys = Array.from({ length: 10 }, (_, index) => `${prefix}${index % 2 ? '' : 'below/'}${index}.webp`);
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([
        ...keys.map((key) => store().put(key, bodyOf(Buffer.from(key)), OPTIONS)),
        ...Array.from({ length: 3 }, () => store().deletePrefix(prefix)),
      ]);
    }
    for (const key of keys) if (!(await isMissing(store(), key))) await expectBytes(store(), key, Buffer.from(key));
  });

  it('lets an object be read to its end while it is replaced and deleted', async () => {
    const key = newKey();
    const bytes = randomBytes(5 * MiB);
    await store().put(key, bodyOf(bytes), OPTIONS);
    const { body } = await store().get(key);
    await store().put(key, bodyOf(Buffer.from('another')), OPTIONS);
    await store().delete(key);
    expect((await buffer(body)).equals(bytes)).to.equal(true);
  });
}

function describeCopies(store: GetStore): void {
  const { signal } = new AbortController();

  it('copies an object to a path, where it stays as it was when it is replaced and deleted', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'copies-'));
    const [key, path] = [newKey(), join(folder.path, 'copy')];
    const bytes = randomBytes(3 * MiB);
    await store().put(key, bodyOf(bytes), OPTIONS);
    await store().copyTo(key, path, { contentLength: bytes.length, signal });
    await store().put(key, bodyOf(Buffer.from('another')), OPTIONS);
    await store().delete(key);
    expect((await readFile(path)).equals(bytes)).to.equal(true);
  });

  it('keeps an object whose copy is removed', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'copies-'));
    const [key, path] = [newKey(), join(folder.path, 'copy')];
    await store().put(key, bodyOf(Buffer.from('kept')), OPTIONS);
    await store().copyTo(key, path, { contentLength: 4, signal });
    await rm(path);
    await expectBytes(store(), key, Buffer.from('kept'));
  });

  it('copies nothing of an object of another length than told, and all of one of that length', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'copies-'));
    const [key, path] = [newKey(), join(folder.path, 'copy')];
    const bytes = randomBytes(MiB);
    await store().put(key, bodyOf(bytes), OPTIONS);
    for (const contentLength of [bytes.length - 1, bytes.length + 1, 0])
      expect(await rejectionOf(store().copyTo(key, path, { contentLength, signal })))
        .to.have.property('code')
        .equal('object_damaged');
    expect(await readdir(folder.path)).to.deep.equal([]);
    await store().copyTo(key, path, { contentLength: bytes.length, signal });
    expect((await readFile(path)).equals(bytes)).to.equal(true);
  });

  it('copies nothing of a missing object', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'copies-'));
    const [key, path] = [newKey(), join(folder.path, 'copy')];
    expect(await rejectionOf(store().copyTo(key, path, { contentLength: 1, signal }))).to.have.property(
      'code',
      'object_missing',
    );
    expect(await readdir(folder.path)).to.deep.equal([]);
  });
}

function describeResources(store: GetStore, longestKnown: () => number | undefined): void {
  /** Does something many times and waits until no more is open than before; what one call opens for good does not count. */
  async function expectNoLeak(work: () => Promise<unknown>): Promise<void> {
    await work();
    const before = await countDescriptors();
    for (let time = 0; time < 50; time += 1) await work();
    await eventually('closing what was opened', async () => (await countDescriptors()) <= before + 2);
  }

  it('leaves nothing open behind bodies that are destroyed early', async () => {
    const key = newKey();
    await store().put(key, bodyOf(Buffer.alloc(2 * MiB)), OPTIONS);
    await expectNoLeak(async () => (await store().get(key)).body.destroy());
    await expectNoLeak(async () => {
      const { body } = await store().get(key);
      for await (const _ of body) break;
    });
  });

  for (const { told, options } of LENGTHS) {
    it(`leaves nothing open behind bodies ${told} that are put and fail`, async () => {
      const breakOff = (body: Readable) => void body.destroy(new Error('the sender is gone'));
      const broken = () => brokenBody(Buffer.alloc(300 * KiB), breakOff);
      await expectNoLeak(() => rejectionOf(store().put(newKey(), broken(), options(MiB))));
    });

    it(`takes a body of 200 MiB ${told} with less than 80 MiB of memory`, async function () {
      this.timeout(120_000);
      const length = ('contentLength' in options(0) ? longestKnown() : undefined) ?? 200 * MiB;
      const key = newKey();
      await store().put(key, longBody(20 * MiB), options(20 * MiB));
      const body = longBody(length);
      const more = await mostMemoryMore(['rss'], async () => {
        const { contentLength } = await store().put(key, body, options(length));
        expect(contentLength).to.equal(length);
      });
      await store().delete(key);
      expect(more / MiB, 'MiB more than before').to.be.below(80);
    });
  }
}
