import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type ErrorCode, ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import type { NamedPart } from '../../../../shared/domain/multipart-upload.ts';
import type { ObjectStore, UploadName } from '../../../../shared/storage/objects/object-store.ts';
import { eventually } from '../../../support/eventually.ts';
import { mostMemoryMore } from '../../../support/memory.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf, brokenBody, KiB, longBody, MiB, storedObject } from '../../../support/storage/bodies.ts';

export interface OpenedMultipartStore {
  store: ObjectStore;
  /** A store that lets every part be this small, so that there can be 10,000; absent where none is to be had. */
  lenient?: ObjectStore;
  /**
   * moto 5.2.1 differs from S3 in what it makes of an upload: it finds one by its id alone, answers 500 to UploadPart and to
   * CompleteMultipartUpload where there is none, takes the marker of ListParts for a place in the list, lets several complete at once,
   * answers 500 to some of several parts of one number at once, and says of each upload that it began in 2010. What then cannot be shown is skipped.
   */
  isMoto?: boolean;
  close(): Promise<void>;
}

/** The clock of a store elsewhere is another one. */
const CLOCKS_APART_MS = 60_000;

const OPTIONS = { contentType: 'image/jpeg' };
const newKey = () => `originals/${randomUUID()}`;

const expectCode = (error: unknown, code: ErrorCode) =>
  expect(error, String(error)).to.be.instanceOf(ImageServiceError).with.property('code', code);

/** What every ObjectStore keeps to in the verbs of multipart uploads, which are S3's. */
export function describeMultipart(label: string, open: () => Promise<OpenedMultipartStore>): void {
  describe(`multipart uploads: ${label}`, () => {
    let opened: OpenedMultipartStore;

    before(async () => {
      opened = await open();
    });
    after(() => opened?.close());

    const uploads = () => new Uploads(opened.store, opened.isMoto);
    describeCompletion(uploads);
    describeParts(uploads);
    describeListing(uploads);
    describePages(uploads);
    describeRefusals(uploads);
    describeEnds(uploads, () => opened);
    describeManyParts(() => opened);
  });
}

/** The verbs, with what the tests need around them. */
class Uploads {
  readonly store: ObjectStore;
  readonly isMoto: boolean;

  constructor(store: ObjectStore, isMoto = false) {
    this.store = store;
    this.isMoto = isMoto;
  }

  async begin(key = newKey()): Promise<UploadName> {
    return { key, storeUploadId: await this.store.createMultipartUpload(key, OPTIONS) };
  }

  async put(upload: UploadName, partNumber: number, bytes: Buffer): Promise<NamedPart> {
    const part = { partNumber, contentLength: bytes.length };
    return { partNumber, eTag: await this.store.uploadPart(upload, part, bodyOf(bytes)) };
  }

  async list(upload: UploadName, maxParts: number = LIMITS.partsPerPage, partNumberMarker = 0) {
    return this.store.listParts(upload, { maxParts, partNumberMarker });
  }

  async expectObject(key: string, bytes: Buffer): Promise<void> {
    const { body, contentLength } = await this.store.get(key);
    expect(contentLength).to.equal(bytes.length);
    expect((await buffer(body)).equals(bytes), `${key} holds the bytes`).to.equal(true);
    expect(await this.store.digest(key)).to.deep.equal(storedObject(bytes));
  }

  async expectNoObject(key: string): Promise<void> {
    expectCode(await rejectionOf(this.store.get(key)), 'object_missing');
    expectCode(await rejectionOf(this.store.digest(key)), 'object_missing');
  }

  async expectGone(upload: UploadName): Promise<void> {
    for (const verb of this.verbs(upload)) expectCode(await rejectionOf(verb()), 'upload_not_found');
    await this.store.abortMultipartUpload(upload);
  }

  verbs(upload: UploadName): (() => Promise<unknown>)[] {
    const sane = [() => this.list(upload)];
    if (this.isMoto) return sane;
    return [
      () => this.put(upload, 1, Buffer.from('part')),
      () => this.store.completeMultipartUpload(upload, [{ partNumber: 1, eTag: 'a'.repeat(32) }]),
      ...sane,
    ];
  }
}

type GetUploads = () => Uploads;

/** S3's minimum for every part but the last. */
const whole = () => randomBytes(LIMITS.minPartBytes);

function describeCompletion(uploads: GetUploads): void {
  for (const [order, numbers] of [
    ['in order', [1, 2, 3]],
    ['out of order', [3, 1, 2]],
    ['with gaps in their numbers', [10_000, 7, 301]],
  ] as const) {
    it(`makes an object of parts that came ${order}`, async () => {
      const upload = await uploads().begin();
      const last = Math.max(...numbers);
      const bytes = new Map<number, Buffer>(
        numbers.map((number): [number, Buffer] => [number, number === last ? randomBytes(100 * KiB + 1) : whole()]),
      );
      const parts: NamedPart[] = [];
      for (const [number, part] of bytes) parts.push(await uploads().put(upload, number, part));
      await uploads().expectNoObject(upload.key);
      parts.sort((a, b) => a.partNumber - b.partNumber);
      await uploads().store.completeMultipartUpload(upload, parts);
      const all = parts.map(({ partNumber }) => bytes.get(partNumber) ?? Buffer.alloc(0));
      await uploads().expectObject(upload.key, Buffer.concat(all));
    });
  }

  it('makes an object of one part, however small', async () => {
    const upload = await uploads().begin();
    const part = await uploads().put(upload, 5, Buffer.from('x'));
    await uploads().store.completeMultipartUpload(upload, [part]);
    await uploads().expectObject(upload.key, Buffer.from('x'));
  });

  it('makes an object whose last part is empty', async () => {
    const upload = await uploads().begin();
    const bytes = whole();
    const parts = [await uploads().put(upload, 1, bytes), await uploads().put(upload, 2, Buffer.alloc(0))];
    await uploads().store.completeMultipartUpload(upload, parts);
    await uploads().expectObject(upload.key, bytes);
  });

  it('takes parts at the same time', async () => {
    const upload = await uploads().begin();
    const bytes = [whole(), whole(), whole(), whole(), randomBytes(10)];
    const parts = await Promise.all(bytes.map((part, index) => uploads().put(upload, index + 1, part)));
    await uploads().store.completeMultipartUpload(upload, parts);
    await uploads().expectObject(upload.key, Buffer.concat(bytes));
  });

  it('leaves out parts that are not in the list', async () => {
    const upload = await uploads().begin();
    const bytes = [whole(), randomBytes(10), randomBytes(20)] as const;
    const parts = await Promise.all(bytes.map((part, index) => uploads().put(upload, index + 1, part)));
    await uploads().store.completeMultipartUpload(upload, [parts[0], parts[2]] as NamedPart[]);
    await uploads().expectObject(upload.key, Buffer.concat([bytes[0], bytes[2]]));
  });

  it('makes objects that can be deleted, replaced, and read by several at once', async () => {
    const upload = await uploads().begin();
    const bytes = [whole(), randomBytes(10)];
    const parts = await Promise.all(bytes.map((part, index) => uploads().put(upload, index + 1, part)));
    const { store } = uploads();
    await store.completeMultipartUpload(upload, parts);
    await Promise.all([1, 2, 3].map(() => uploads().expectObject(upload.key, Buffer.concat(bytes))));
    await store.put(upload.key, bodyOf(Buffer.from('other')), OPTIONS);
    await uploads().expectObject(upload.key, Buffer.from('other'));
    await store.delete(upload.key);
    await uploads().expectNoObject(upload.key);
  });

  it('deletes objects made of parts by prefix too', async () => {
    const folder = `renditions/${randomUUID()}/`;
    const upload = await uploads().begin(`${folder}a`);
    const part = await uploads().put(upload, 1, Buffer.from('x'));
    await uploads().store.completeMultipartUpload(upload, [part]);
    await uploads().store.deletePrefix(folder);
    await uploads().expectNoObject(upload.key);
  });

  it('lets an object be read while it is deleted to its end or to an error, and never to less than it had', async () => {
    const upload = await uploads().begin();
    const bytes = [whole(), whole()];
    const parts = await Promise.all(bytes.map((part, index) => uploads().put(upload, index + 1, part)));
    await uploads().store.completeMultipartUpload(upload, parts);
    const { body } = await uploads().store.get(upload.key);
    await uploads().store.delete(upload.key);
    const read = await buffer(body).catch((error: unknown) => error as Error);
    if (!(read instanceof Error)) expect(read.equals(Buffer.concat(bytes))).to.equal(true);
  });

  it('frees what is behind a reader that goes away', async () => {
    const upload = await uploads().begin();
    const parts = [await uploads().put(upload, 1, whole()), await uploads().put(upload, 2, whole())];
    await uploads().store.completeMultipartUpload(upload, parts);
    const open = async () => (await readdir('/dev/fd')).length;
    const before = await open();
    for (let reader = 0; reader < 20; reader += 1) {
      const { body } = await uploads().store.get(upload.key);
      await new Promise((resolve) => body.once('data', resolve));
      body.destroy();
    }
    await eventually('descriptors are closed', async () => (await open()) <= before + 2);
  });
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

function describeParts(uploads: GetUploads): void {
  it('replaces a part of the same number, whose ETag is then no longer taken', async () => {
    const upload = await uploads().begin();
    const first = await uploads().put(upload, 1, Buffer.from('first'));
    const second = await uploads().put(upload, 1, Buffer.from('second'));
    expect(second.eTag).to.not.equal(first.eTag);
    const { parts } = await uploads().list(upload);
    expect(parts.map(({ size, eTag }) => ({ size, eTag }))).to.deep.equal([{ size: 6, eTag: second.eTag }]);
    const refused = uploads().store.completeMultipartUpload(upload, [first]);
    expectCode(await rejectionOf(refused), 'invalid_part');
    await uploads().store.completeMultipartUpload(upload, [second]);
    await uploads().expectObject(upload.key, Buffer.from('second'));
  });

  it('has the MD5 of its bytes for an ETag, so that a copy which comes late changes nothing', async () => {
    const upload = await uploads().begin();
    const [first, last] = [randomBytes(5 * MiB), Buffer.from('the last')];
    const parts = [await uploads().put(upload, 1, first), await uploads().put(upload, 2, last)];
    expect(parts.map(({ eTag }) => eTag)).to.deep.equal([first, last].map(md5));
    expect((await uploads().list(upload)).parts.map(({ eTag }) => eTag)).to.deep.equal(parts.map(({ eTag }) => eTag));
    expect(await uploads().put(upload, 1, first)).to.deep.equal(parts[0]);
    await uploads().store.completeMultipartUpload(upload, parts);
    await uploads().expectObject(upload.key, Buffer.concat([first, last]));
  });

  for (const [how, body] of [
    ['fails', () => brokenBody(Buffer.alloc(300 * KiB), (broken) => void broken.destroy(new Error('gone')))],
    ['is destroyed', () => brokenBody(Buffer.alloc(300 * KiB), (broken) => void broken.destroy())],
    ['is shorter than told', () => bodyOf(Buffer.alloc(300 * KiB))],
    ['is a byte longer than told', () => bodyOf(Buffer.alloc(600 * KiB + 1))],
    ['is a chunk longer than told', () => Readable.from([Buffer.alloc(600 * KiB), Buffer.alloc(1)])],
    ['is much longer than told', () => bodyOf(Buffer.alloc(20 * MiB))],
  ] as [string, () => Readable][]) {
    it(`keeps a part as it was when a body ${how}`, async () => {
      const upload = await uploads().begin();
      const kept = await uploads().put(upload, 1, Buffer.from('kept'));
      for (const partNumber of [1, 2]) {
        const part = { partNumber, contentLength: 600 * KiB };
        await rejectionOf(uploads().store.uploadPart(upload, part, body()));
      }
      const { parts } = await uploads().list(upload);
      expect(parts.map(({ partNumber, eTag }) => ({ partNumber, eTag }))).to.deep.equal([kept]);
      await uploads().store.completeMultipartUpload(upload, [kept]);
      await uploads().expectObject(upload.key, Buffer.from('kept'));
    }).timeout(60_000);
  }

  it('keeps one whole part when several of its number come at once', async function () {
    if (uploads().isMoto) this.skip();
    const upload = await uploads().begin();
    const bodies = Array.from({ length: 8 }, (_, index) => randomBytes(MiB + index));
    const put = await Promise.all(bodies.map((bytes) => uploads().put(upload, 1, bytes)));
    const { parts } = await uploads().list(upload);
    const kept = put.findIndex(({ eTag }) => eTag === parts[0]?.eTag);
    const bytes = bodies[kept] ?? Buffer.alloc(0);
    expect(parts.map(({ partNumber, size }) => ({ partNumber, size }))).to.deep.equal([
      { partNumber: 1, size: bytes.length },
    ]);
    await uploads().store.completeMultipartUpload(upload, put.slice(kept, kept + 1));
    await uploads().expectObject(upload.key, bytes);
  });

  it('does not grow with a part', async () => {
    const upload = await uploads().begin();
    const contentLength = 64 * MiB;
    const body = longBody(contentLength);
    const more = await mostMemoryMore(['arrayBuffers'], () =>
      uploads().store.uploadPart(upload, { partNumber: 1, contentLength }, body),
    );
    expect(more).to.be.below(40 * MiB);
    await uploads().store.abortMultipartUpload(upload);
  }).timeout(60_000);
}

function describeListing(uploads: GetUploads): void {
  it('lists nothing before the first part', async () => {
    const upload = await uploads().begin();
    expect(await uploads().list(upload)).to.deep.equal({ parts: [], isTruncated: false });
  });

  it('lists parts ascending, with what their uploads answered, page by page', async function () {
    if (uploads().isMoto) this.skip();
    const begun = Date.now();
    const upload = await uploads().begin();
    const put = new Map<number, NamedPart>();
    for (const number of [9, 2, 30, 4, 10_000]) {
      put.set(number, await uploads().put(upload, number, Buffer.alloc(number)));
    }
    const first = await uploads().list(upload, 2);
    expect(first.parts.map(({ partNumber }) => partNumber)).to.deep.equal([2, 4]);
    expect(first).to.include({ isTruncated: true, nextPartNumberMarker: 4 });
    const second = await uploads().list(upload, 2, first.nextPartNumberMarker);
    expect(second.parts.map(({ partNumber }) => partNumber)).to.deep.equal([9, 30]);
    const last = await uploads().list(upload, 2, second.nextPartNumberMarker);
    expect(last.parts.map(({ partNumber }) => partNumber)).to.deep.equal([10_000]);
    expect(last).to.include({ isTruncated: false }).and.not.have.property('nextPartNumberMarker');
    for (const { partNumber, eTag, size, lastModified } of [...first.parts, ...second.parts, ...last.parts]) {
      expect(put.get(partNumber)).to.deep.equal({ partNumber, eTag });
      expect(size).to.equal(partNumber);
      expect(Date.parse(lastModified)).to.be.within(begun - CLOCKS_APART_MS, Date.now() + CLOCKS_APART_MS);
    }
    expect(await uploads().list(upload, 1000, 10_000)).to.deep.equal({ parts: [], isTruncated: false });
  });
}

function describePages(uploads: GetUploads): void {
  for (const [maxParts, marker, numbers, next] of [
    [1, 0, [1], 1],
    [2, 0, [1, 2], 2],
    [3, 0, [1, 2, 3], undefined],
    [1000, 0, [1, 2, 3], undefined],
    [1, 1, [2], 2],
    [2, 1, [2, 3], undefined],
    [1, 2, [3], undefined],
    [1, 3, [], undefined],
  ] as [number, number, number[], number | undefined][]) {
    it(`lists ${numbers.join(', ') || 'none'} of parts 1 to 3 when ${maxParts} behind ${marker} are asked for`, async () => {
      const upload = await uploads().begin();
      for (const number of [1, 2, 3]) await uploads().put(upload, number, Buffer.alloc(number));
      const { parts, ...rest } = await uploads().list(upload, maxParts, marker);
      expect(parts.map(({ partNumber }) => partNumber)).to.deep.equal(numbers);
      const more = { isTruncated: true, nextPartNumberMarker: next };
      expect(rest).to.deep.equal(next === undefined ? { isTruncated: false } : more);
    });
  }
}

function describeRefusals(uploads: GetUploads): void {
  const UNTRUE: [string, ErrorCode, (parts: [NamedPart, NamedPart]) => NamedPart[]][] = [
    ['a part that was not uploaded', 'invalid_part', ([first]) => [first, { partNumber: 9, eTag: first.eTag }]],
    ['another ETag', 'invalid_part', ([first, second]) => [first, { ...second, eTag: first.eTag }]],
    ['an ETag that is none', 'invalid_part', ([first, second]) => [first, { ...second, eTag: 'x' }]],
    ['parts in descending order', 'invalid_part_order', ([first, second]) => [second, first]],
  ];

  for (const [what, code, change] of UNTRUE) {
    it(`refuses a list with ${what}, and takes the right one after it`, async () => {
      const upload = await uploads().begin();
      const bytes = [whole(), whole()] as const;
      const parts: [NamedPart, NamedPart] = [
        await uploads().put(upload, 1, bytes[0]),
        await uploads().put(upload, 2, bytes[1]),
      ];
      expectCode(await rejectionOf(uploads().store.completeMultipartUpload(upload, change(parts))), code);
      await uploads().expectNoObject(upload.key);
      await uploads().store.completeMultipartUpload(upload, parts);
      await uploads().expectObject(upload.key, Buffer.concat(bytes));
    });
  }

  it('refuses a part that is too small before the last, and takes it when it was sent again', async () => {
    const upload = await uploads().begin();
    const small = await uploads().put(upload, 1, Buffer.alloc(LIMITS.minPartBytes - 1));
    const last = await uploads().put(upload, 2, Buffer.from('last'));
    const refused = uploads().store.completeMultipartUpload(upload, [small, last]);
    expectCode(await rejectionOf(refused), 'part_too_small');
    const bytes = whole();
    const again = await uploads().put(upload, 1, bytes);
    await uploads().store.completeMultipartUpload(upload, [again, last]);
    await uploads().expectObject(upload.key, Buffer.concat([bytes, Buffer.from('last')]));
  });
}

/** Names that no store has given out, some of them to get out of a folder with. */
const MALFORMED = [
  '',
  'x',
  '.',
  '..',
  'a\0b',
  '../../etc',
  '..%2f..%2f',
  'a/b',
  '\u{1F4A9}',
  `${Date.now()}-${'0'.repeat(36)}`,
  'a'.repeat(2000),
];

function describeEnds(uploads: GetUploads, opened: () => OpenedMultipartStore): void {
  for (const name of MALFORMED) {
    it(`knows no upload of the name ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const upload = { key: newKey(), storeUploadId: name };
      await uploads().expectGone(upload);
      await uploads().expectNoObject(upload.key);
    });
  }

  it('knows an upload under its own key only', async function () {
    if (opened().isMoto) this.skip();
    const upload = await uploads().begin();
    await uploads().expectGone({ ...upload, key: newKey() });
    expect(await uploads().list(upload)).to.deep.equal({ parts: [], isTruncated: false });
  });

  it('lists an upload from its beginning to its end, and its object from then on', async () => {
    const { store, isMoto } = uploads();
    const begun = Date.now();
    const [aborted, completed] = [await uploads().begin(), await uploads().begin()];
    const listed = async () => {
      const found = [];
      for await (const upload of store.listUploads()) {
        const isOurs = [aborted, completed].some(({ storeUploadId }) => storeUploadId === upload.storeUploadId);
        if (isOurs) found.push(upload);
      }
      return found;
    };
    const both = await listed();
    expect(both.map(({ begun: _, ...name }) => name)).to.have.deep.members([aborted, completed]);
    if (!isMoto) {
      for (const each of both) {
        expect(Math.abs(each.begun.getTime() - begun), each.key).to.be.below(CLOCKS_APART_MS);
      }
    }
    await store.abortMultipartUpload(aborted);
    const part = await uploads().put(completed, 1, Buffer.from('part'));
    await store.completeMultipartUpload(completed, [part]);
    expect(await listed()).to.deep.equal([]);
    const objects = [];
    for await (const { key, contentLength } of store.list('originals/')) objects.push({ key, contentLength });
    expect(objects).to.deep.include({ key: completed.key, contentLength: 4 });
    expect(objects.map(({ key }) => key)).to.not.include(aborted.key);
  });

  it('knows an upload no more once it is aborted', async () => {
    const upload = await uploads().begin();
    await uploads().put(upload, 1, Buffer.from('part'));
    await uploads().store.abortMultipartUpload(upload);
    await uploads().expectGone(upload);
    await uploads().expectNoObject(upload.key);
  });

  it('knows an upload no more once it is completed, and keeps the object', async () => {
    const upload = await uploads().begin();
    const part = await uploads().put(upload, 1, Buffer.from('part'));
    await uploads().store.completeMultipartUpload(upload, [part]);
    await uploads().expectGone(upload);
    await uploads().expectObject(upload.key, Buffer.from('part'));
  });

  it('completes once when it is asked several times at once', async function () {
    if (uploads().isMoto) this.skip();
    const upload = await uploads().begin();
    const bytes = [whole(), randomBytes(10)];
    const parts = await Promise.all(bytes.map((part, index) => uploads().put(upload, index + 1, part)));
    const tries = [1, 2, 3].map(() => uploads().store.completeMultipartUpload(upload, parts));
    const ends = await Promise.allSettled(tries);
    expect(ends.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const end of ends) if (end.status === 'rejected') expectCode(end.reason, 'upload_not_found');
    await uploads().expectObject(upload.key, Buffer.concat(bytes));
  });

  it('answers everybody who completes an upload later that it is gone', async function () {
    if (uploads().isMoto) this.skip();
    for (let round = 0; round < 5; round += 1) {
      const { store, upload, parts, bytes } = await withManyParts();
      const tries = Array.from({ length: 6 }, async (_, index) => {
        await sleep(index * 5);
        await store.completeMultipartUpload(upload, parts);
      });
      const ends = await Promise.allSettled(tries);
      expect(ends.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const end of ends) if (end.status === 'rejected') expectCode(end.reason, 'upload_not_found');
      await uploads().expectObject(upload.key, bytes);
    }
  });

  it('makes a whole object or none of an upload that is completed and aborted at once', async function () {
    if (uploads().isMoto) this.skip();
    for (let round = 0; round < 10; round += 1) {
      const { store, upload, parts, bytes } = await withManyParts();
      const completion = store.completeMultipartUpload(upload, parts);
      const abortion = sleep(round).then(() => store.abortMultipartUpload(upload));
      const [completed, aborted] = await Promise.allSettled([completion, abortion]);
      for (const end of [completed, aborted]) {
        if (end.status === 'rejected') expectCode(end.reason, 'upload_not_found');
      }
      if (completed.status === 'fulfilled') await uploads().expectObject(upload.key, bytes);
      else await uploads().expectNoObject(upload.key);
      await uploads().expectGone(upload);
    }
  });

  /** So many that it takes a while to go through them. */
  async function withManyParts() {
    const { store: strict, lenient, isMoto } = opened();
    const store = lenient ?? strict;
    const upload = await new Uploads(store, isMoto).begin();
    const small = Array.from({ length: 200 }, (_, index) => Buffer.from(`${index};`));
    const bodies = lenient ? small : [whole(), randomBytes(10)];
    const put = (part: Buffer, index: number) => new Uploads(store, isMoto).put(upload, index + 1, part);
    return { store, upload, parts: await Promise.all(bodies.map(put)), bytes: Buffer.concat(bodies) };
  }

  it('keeps nothing of parts that arrive while the upload is aborted', async function () {
    if (uploads().isMoto) this.skip();
    const upload = await uploads().begin();
    const arrivals = Array.from({ length: 40 }, async (_, index) => {
      await sleep(index);
      await uploads().put(upload, index + 1, Buffer.alloc(100 * KiB));
    });
    const ended = Promise.allSettled(arrivals);
    await sleep(20);
    await uploads().store.abortMultipartUpload(upload);
    for (const end of await ended) {
      if (end.status === 'rejected') expectCode(end.reason, 'upload_not_found');
    }
    await uploads().expectGone(upload);
  });

  it('keeps nothing of a part that is on its way while the upload is aborted', async function () {
    if (uploads().isMoto) this.skip();
    const upload = await uploads().begin();
    const gate = Promise.withResolvers<void>();
    const held = brokenBody(Buffer.alloc(300 * KiB), (body) => void gate.promise.then(() => body.push(null)));
    const part = uploads().store.uploadPart(upload, { partNumber: 1, contentLength: 300 * KiB }, held);
    const ended = part.catch((error: unknown) => error);
    await uploads().store.abortMultipartUpload(upload);
    gate.resolve();
    expectCode(await ended, 'upload_not_found');
    await uploads().expectGone(upload);
  });

  it('removes uploads that began before a time, and no others', async () => {
    const old = await uploads().begin();
    await uploads().put(old, 1, Buffer.from('part'));
    if (!uploads().isMoto) {
      expect(await uploads().store.removeExpiredUploads(new Date(Date.now() - 3_600_000))).to.equal(0);
      await uploads().list(old);
    }
    expect(await uploads().store.removeExpiredUploads(new Date(Date.now() + 60_000))).to.be.at.least(1);
    await uploads().expectGone(old);
  });
}

function describeManyParts(opened: () => OpenedMultipartStore): void {
  const COUNT = LIMITS.partsPerUpload;

  it('takes 10,000 parts and lists them in pages of 1,000', async () => {
    const { lenient, store } = opened();
    const uploads = new Uploads(lenient ?? store);
    const upload = await uploads.begin();
    const named: NamedPart[] = [];
    const numbers = Array.from({ length: COUNT }, (_, index) => index + 1).values();
    const putSome = async () => {
      for (const number of numbers) named[number - 1] = await uploads.put(upload, number, Buffer.from(`${number};`));
    };
    await Promise.all(Array.from({ length: 16 }, putSome));
    const listed: NamedPart[] = [];
    let pages = 0;
    for (let marker: number | undefined = 0; marker !== undefined; pages += 1) {
      const page: Awaited<ReturnType<typeof uploads.list>> = await uploads.list(upload, LIMITS.partsPerPage, marker);
      listed.push(...page.parts.map(({ partNumber, eTag }) => ({ partNumber, eTag })));
      marker = page.nextPartNumberMarker;
    }
    expect(pages).to.equal(COUNT / LIMITS.partsPerPage);
    expect(listed).to.deep.equal(named);
    if (!lenient) {
      expectCode(await rejectionOf(store.completeMultipartUpload(upload, named)), 'part_too_small');
      await store.abortMultipartUpload(upload);
      return;
    }
    await lenient.completeMultipartUpload(upload, named);
    await uploads.expectObject(upload.key, Buffer.from(named.map(({ partNumber }) => `${partNumber};`).join('')));
  }).timeout(300_000);
}
