import { randomUUID } from 'node:crypto';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { IMAGE_TABLE, imagePartition, TOMBSTONE_SECONDS } from '../../../../shared/contracts/table.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import type { ImageRecord } from '../../../../shared/domain/image-record.ts';
import type { Rendition, RenditionStatus } from '../../../../shared/domain/rendition.ts';
import { provisionTable } from '../../../../shared/storage/provisioning.ts';
import { isConditionFailed } from '../../../../shared/storage/table/conditional-write.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import { listImageRecords } from '../../../../shared/storage/table/image-list.ts';
import {
  checkTable,
  type ImageTable,
  readImage,
  readStoredImage,
} from '../../../../shared/storage/table/image-table.ts';
import { addRendition, createImage } from '../../../../shared/storage/table/image-writes.ts';
import {
  addCost,
  failRendition,
  finishRendition,
  releaseRendition,
  remakeRendition,
  requeueRendition,
  startRendition,
} from '../../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';

/** What the image table keeps to on any DynamoDB endpoint. `open` is called once. */
export function describeImageTable(label: string, open: () => Promise<OpenedTable>): void {
  describe(`image table: ${label}`, () => {
    let opened: OpenedTable;

    before(async () => {
      opened = await open();
    });

    after(() => opened?.close());

    const table = () => opened.table;
    describeProvisioning(table);
    describeImages(table);
    describeDeletion(table);
    describeList(table);
    describeTransitions(table);
    describeLargeImage(table);
    describe('with many at once', () => describeConcurrentWrites(() => opened));
  });
}

type GetTable = () => ImageTable;

const CONSISTENT = { consistent: true };

const expectCode = (error: unknown, code: string) =>
  expect(error).to.be.instanceOf(ImageServiceError).with.property('code', code);

const expectConditionFailed = (error: unknown) => expect(isConditionFailed(error), String(error)).to.equal(true);

/** Stores an image and answers its id. */
async function stored(table: ImageTable, renditions: Rendition[], facts: Partial<ImageRecord> = {}): Promise<string> {
  const record = imageRecord(facts);
  await createImage(table, { record, renditions });
  return record.imageId;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second)).toISOString();

function describeProvisioning(table: GetTable): void {
  it('is provisioned again without a change', async () => {
    const imageId = await stored(table(), []);
    await provisionTable(table().documents, table().tableName);
    expect(await readImage(table(), imageId, CONSISTENT)).to.have.nested.property('record.imageId', imageId);
  });

  it('answers that it can be reached, and that another cannot', async () => {
    await checkTable(table());
    await rejectionOf(checkTable({ ...table(), tableName: 'no-such-table' }));
  });
}

function describeImages(table: GetTable): void {
  it('reads an image as it was created', async () => {
    const image = { record: imageRecord(), renditions: [rendition('a'), rendition('b')] };
    await createImage(table(), image);
    expect(await readImage(table(), image.record.imageId, CONSISTENT)).to.deep.equal(image);
  });

  it('reads an image without dimensions and renditions', async () => {
    const { width: _width, height: _height, ...record } = imageRecord();
    await createImage(table(), { record, renditions: [] });
    expect(await readImage(table(), record.imageId, CONSISTENT)).to.deep.equal({ record, renditions: [] });
  });

  it('reads renditions in the order in which they were asked for, not that of their names', async () => {
    const asked = ['z', 'a', 'm'].map((name, second) => rendition(name, { requestedAt: at(second) }));
    const imageId = await stored(table(), asked);
    await addRendition(table(), imageId, rendition('b', { requestedAt: at(9) }));
    const image = await readImage(table(), imageId, CONSISTENT);
    expect(image?.renditions.map(({ name }) => name)).to.deep.equal(['z', 'a', 'm', 'b']);
  });

  it('reads renditions that one request asked for in the order of the request', async () => {
    const imageId = await stored(
      table(),
      ['z', 'a', 'm'].map((name, place) => rendition(name, { place })),
    );
    const image = await readImage(table(), imageId, CONSISTENT);
    expect(image?.renditions.map(({ name }) => name)).to.deep.equal(['z', 'a', 'm']);
  });

  it('keeps numbers, empty lists and missing values in commands as they are', async () => {
    const commands: Rendition['commands'] = [{ operation: 'blur', sigma: 0.3 }, { operation: 'sharpen' }];
    const asked = [rendition('a', { commands }), rendition('b', { commands: [], output: { format: 'png' } })];
    const imageId = await stored(table(), asked);
    expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal(asked);
  });

  it('refuses to create an image twice and keeps the first', async () => {
    const first = { record: imageRecord(), renditions: [rendition()] };
    await createImage(table(), first);
    const { imageId } = first.record;
    const second = imageRecord({ imageId, owner: 'another', contentLength: 1, createdAt: at(9) });
    expectConditionFailed(await rejectionOf(createImage(table(), { record: second, renditions: [] })));
    expectConditionFailed(await rejectionOf(createImage(table(), { record: second, renditions: [rendition()] })));
    expect(await readImage(table(), imageId, CONSISTENT)).to.deep.equal(first);
  });

  it('takes the same image again, as a client does whose first answer was lost', async () => {
    const image = { record: imageRecord(), renditions: [rendition()] };
    await createImage(table(), image);
    await createImage(table(), image);
    expect(await readImage(table(), image.record.imageId, CONSISTENT)).to.deep.equal(image);
  });

  it('refuses a rendition of a name that the image has and keeps the first', async () => {
    const first = rendition('a', { status: 'ready', attempts: 1 });
    const imageId = await stored(table(), [first]);
    expectConditionFailed(await rejectionOf(addRendition(table(), imageId, rendition('a'))));
    expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal([first]);
  });

  it('does not show an image whose record has not been written', async () => {
    const imageId = createImageId();
    const Item = { pk: imagePartition(imageId), sk: 'RENDITION#thumb', ...rendition() };
    await table().documents.send(new PutCommand({ TableName: table().tableName, Item }));
    expect(await readImage(table(), imageId, CONSISTENT)).to.equal(undefined);
    expectCode(await rejectionOf(readStoredImage(table(), imageId, CONSISTENT)), 'image_not_found');
  });

  it('answers image_not_found for an id that nobody has', async () => {
    expectCode(await rejectionOf(readStoredImage(table(), createImageId())), 'image_not_found');
  });
}

function describeDeletion(table: GetTable): void {
  const itemsOf = async (imageId: string) => {
    const { Items = [] } = await table().documents.send(
      new QueryCommand({
        TableName: table().tableName,
        KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
        ExpressionAttributeValues: { ':partition': imagePartition(imageId) },
        ConsistentRead: true,
      }),
    );
    return Items;
  };
  const putRaw = async (imageId: string, attributes: Record<string, unknown>) => {
    const Item = { pk: imagePartition(imageId), ...attributes };
    await table().documents.send(new PutCommand({ TableName: table().tableName, Item }));
  };

  it('leaves a tombstone without renditions, with nothing but names, times and whether it was private, until its time is over', async () => {
    const facts = {
      metadata: { customer: 'somebody@example.org' },
      placeholder: 'a thumbnail',
      dominantColor: '#aabbcc',
      visibility: 'private' as const,
      uploadId: randomUUID(),
    };
    const imageId = await stored(table(), [rendition('a'), rendition('b')], facts);
    const before = Date.now();
    await deleteImageRecord(table(), imageId);
    const items = await itemsOf(imageId);
    const [{ deletedAt, removeAfter } = {}] = items;
    expect(items).to.deep.equal([
      {
        ...{ pk: imagePartition(imageId), sk: 'RECORD', imageId, owner: 'local', status: 'deleted' },
        ...{ uploadId: facts.uploadId, visibility: 'private', deletedAt, removeAfter },
      },
    ]);
    expect(Date.parse(deletedAt)).to.be.within(before, Date.now());
    expect(removeAfter).to.equal(Math.floor(Date.parse(deletedAt) / 1000) + TOMBSTONE_SECONDS);
    expectCode(await rejectionOf(readStoredImage(table(), imageId, CONSISTENT)), 'image_deleted');
  });

  it('keeps the time of the first deletion', async () => {
    const imageId = await stored(table(), []);
    const first = await deleteImageRecord(table(), imageId);
    const items = await itemsOf(imageId);
    expect(await deleteImageRecord(table(), imageId)).to.deep.equal(first);
    expect(await itemsOf(imageId)).to.deep.equal(items);
  });

  it('empties a tombstone of an earlier version, which had everything', async () => {
    const record = imageRecord({ metadata: { customer: 'somebody@example.org' } });
    const { imageId } = record;
    await putRaw(imageId, { sk: 'RECORD', ...record, status: 'deleted' });
    await deleteImageRecord(table(), imageId);
    expect(Object.keys((await itemsOf(imageId))[0] ?? {})).to.have.members([
      ...['pk', 'sk', 'imageId', 'owner', 'status', 'deletedAt', 'removeAfter'],
    ]);
  });

  it('forgets an image when the time of its tombstone is over, though DynamoDB has not come to remove it', async () => {
    const imageId = await stored(table(), []);
    await deleteImageRecord(table(), imageId);
    const [tombstone] = await itemsOf(imageId);
    await putRaw(imageId, { ...tombstone, removeAfter: Math.floor(Date.now() / 1000) - 5 });
    expect(await readImage(table(), imageId, CONSISTENT)).to.equal(undefined);
    expectCode(await rejectionOf(readStoredImage(table(), imageId, CONSISTENT)), 'image_not_found');
    expectCode(await rejectionOf(deleteImageRecord(table(), imageId)), 'image_not_found');
  });

  it('tells nothing that somebody else has written into an item', async () => {
    const image = { record: imageRecord(), renditions: [rendition('a')] };
    const { imageId } = image.record;
    await putRaw(imageId, { sk: 'RECORD', ...image.record, key: 'a secret', requestId: 'a secret' });
    await putRaw(imageId, { sk: 'RENDITION#a', ...image.renditions[0], key: 'a secret' });
    expect(await readImage(table(), imageId, CONSISTENT)).to.deep.equal(image);
  });

  it('writes nothing that came along with a record or a rendition', async () => {
    const record = imageRecord();
    await createImage(table(), {
      record: { ...record, key: 'a secret' } as ImageRecord,
      renditions: [{ ...rendition('a'), requestId: 'a secret' } as Rendition],
    });
    await addRendition(table(), record.imageId, { ...rendition('b'), requestId: 'a secret' } as Rendition);
    expect(JSON.stringify(await itemsOf(record.imageId))).to.not.include('a secret');
  });

  it('takes no rendition of an image that was deleted or is not there, and leaves nothing of it', async () => {
    const imageId = await stored(table(), []);
    await deleteImageRecord(table(), imageId);
    expectCode(await rejectionOf(addRendition(table(), imageId, rendition('late'))), 'image_deleted');
    expect((await itemsOf(imageId)).map(({ sk }) => sk)).to.deep.equal(['RECORD']);
    const never = createImageId();
    expectCode(await rejectionOf(addRendition(table(), never, rendition('late'))), 'image_not_found');
    expect(await itemsOf(never)).to.deep.equal([]);
  });

  it('leaves nothing of renditions that are asked for while an image is deleted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const imageId = await stored(table(), [rendition('a')]);
      await Promise.allSettled([
        addRendition(table(), imageId, rendition('b')),
        deleteImageRecord(table(), imageId),
        addRendition(table(), imageId, rendition('c')),
      ]);
      expect((await itemsOf(imageId)).map(({ sk }) => sk)).to.deep.equal(['RECORD']);
    }
  });

  it('deletes an image once more, and by many at once', async () => {
    const imageId = await stored(table(), [rendition('a'), rendition('b')]);
    await Promise.all(Array.from({ length: 3 }, () => deleteImageRecord(table(), imageId)));
    await deleteImageRecord(table(), imageId);
    expectCode(await rejectionOf(readStoredImage(table(), imageId, CONSISTENT)), 'image_deleted');
  });

  it('removes with the second deletion what the first did not come to', async () => {
    const imageId = await stored(table(), []);
    await deleteImageRecord(table(), imageId);
    await putRaw(imageId, { sk: 'RENDITION#a', ...rendition('a') });
    await deleteImageRecord(table(), imageId);
    expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal([]);
  });

  it('answers image_not_found for an id that nobody has, and writes nothing', async () => {
    const imageId = createImageId();
    expectCode(await rejectionOf(deleteImageRecord(table(), imageId)), 'image_not_found');
    expect(await readImage(table(), imageId, CONSISTENT)).to.equal(undefined);
  });

  it('lets no late work bring an image or a rendition back', async () => {
    const imageId = await stored(table(), [rendition('a', { status: 'processing', attempts: 1 })]);
    await deleteImageRecord(table(), imageId);
    const late = { imageId, name: 'a' };
    expect(await startRendition(table(), late)).to.equal(undefined);
    expect(await finishRendition(table(), late, FACTS)).to.equal(undefined);
    expect(await failRendition(table(), late, FAILURE)).to.equal(undefined);
    expect(await addCost(table(), { ...late, cost: COST })).to.equal(false);
    const again = createImage(table(), { record: imageRecord({ imageId }), renditions: [rendition('b')] });
    expectCode(await rejectionOf(again), 'image_deleted');
    const image = await readImage(table(), imageId, CONSISTENT);
    expect([image?.record.status, image?.renditions]).to.deep.equal(['deleted', []]);
  });
}

/** Every page of an owner's list, by following the cursors. */
async function listAll(table: ImageTable, owner: string, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const { records, nextCursor } = await listImageRecords(table, { owner, limit, cursor });
    expect(records.length).to.be.at.most(limit);
    pages.push(records.map(({ imageId }) => imageId));
    cursor = nextCursor;
  } while (cursor);
  return pages;
}

const listed = async (table: ImageTable, owner: string) => (await listAll(table, owner, 100)).flat();

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function describeList(table: GetTable): void {
  /** Stores images of a new owner, one a second unless told otherwise, and waits until they are all in the list. */
  async function newOwner(count: number, createdAt = at): Promise<{ owner: string; imageIds: string[] }> {
    const owner = `owner-${randomUUID()}`;
    const seconds = Array.from({ length: count }, (_, second) => second);
    const imageIds = await Promise.all(
      seconds.map((second) => stored(table(), [], { owner, createdAt: createdAt(second) })),
    );
    await eventually('the list', async () => (await listed(table(), owner)).length === count);
    return { owner, imageIds };
  }

  it('lists the images of an owner and of nobody else, newest first', async () => {
    const [one, another] = [await newOwner(3), await newOwner(2)];
    expect(await listed(table(), one.owner)).to.deep.equal(one.imageIds.toReversed());
    expect(await listed(table(), another.owner)).to.deep.equal(another.imageIds.toReversed());
    expect(await listImageRecords(table(), { owner: 'nobody', limit: 10 })).to.deep.equal({ records: [] });
  });

  it('lists records as they were created, without renditions', async () => {
    const record = imageRecord({ owner: `owner-${randomUUID()}` });
    await createImage(table(), { record, renditions: [rendition()] });
    const { records } = await eventually('the list', async () => {
      const page = await listImageRecords(table(), { owner: record.owner, limit: 10 });
      return page.records.length > 0 && page;
    });
    expect(records).to.deep.equal([record]);
  });

  it('takes a deleted image out of the list', async () => {
    const { owner, imageIds } = await newOwner(3);
    const [first = '', second = '', third = ''] = imageIds;
    await deleteImageRecord(table(), second);
    await eventually('leaving the list', async () => (await listed(table(), owner)).length === 2);
    expect(await listed(table(), owner)).to.deep.equal([third, first]);
  });

  for (const limit of [1, 2, 3, 7, 8]) {
    it(`pages through 7 images by ${limit}, each once`, async () => {
      const { owner, imageIds } = await newOwner(7);
      const pages = await listAll(table(), owner, limit);
      expect(pages.flat()).to.deep.equal(imageIds.toReversed());
      expect(pages.filter((page) => page.length > 0)).to.have.lengthOf(Math.ceil(7 / limit));
    });
  }

  it('pages through images that were created in the same millisecond, each once', async () => {
    const { owner, imageIds } = await newOwner(7, () => at(0));
    const pages = await listAll(table(), owner, 2);
    expect(pages.flat().sort()).to.deep.equal(imageIds.toSorted());
  });

  it('goes on behind a page whose last image has been deleted', async () => {
    const { owner, imageIds } = await newOwner(4);
    const { records, nextCursor } = await listImageRecords(table(), { owner, limit: 2 });
    await deleteImageRecord(table(), records[1]?.imageId ?? '');
    const rest = await listImageRecords(table(), { owner, limit: 10, cursor: nextCursor });
    expect(rest.records.map(({ imageId }) => imageId)).to.deep.equal([imageIds[1], imageIds[0]]);
  });

  it('refuses the cursor of another owner', async () => {
    const [one, another] = [await newOwner(2), await newOwner(2)];
    const { nextCursor } = await listImageRecords(table(), { owner: one.owner, limit: 1 });
    expect(nextCursor).to.be.a('string');
    const error = await rejectionOf(listImageRecords(table(), { owner: another.owner, limit: 1, cursor: nextCursor }));
    expectCode(error, 'invalid_request');
  });

  const own = { pk: 'IMAGE#a', sk: 'RECORD', listedFor: 'forger', listedAt: at(0) };
  const { pk: _pk, ...withoutPartition } = own;
  for (const [what, cursor] of [
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['null', encode(null)],
    ['a number', encode(1)],
    ['a text', encode('text')],
    ['a list', encode(['a', 'b', 'c', 'd'])],
    ['no keys', encode({})],
    ['a key too few', encode(withoutPartition)],
    ['a key too many', encode({ ...own, more: 'x' })],
    ['a number for a key', encode({ ...own, listedAt: 1 })],
    ['an object for a key', encode({ ...own, pk: { S: 'IMAGE#a' } })],
    ['an empty key', encode({ ...own, sk: '' })],
    ['another owner', encode({ ...own, listedFor: 'another' })],
  ]) {
    it(`refuses a forged cursor of ${what}`, async () => {
      expectCode(
        await rejectionOf(listImageRecords(table(), { owner: 'forger', limit: 1, cursor })),
        'invalid_request',
      );
    });
  }

  // Emulators differ in which of these they take, and DynamoDB may too; none of them may become an error of ours.
  for (const [what, cursor] of [
    ['an image that is not there', encode(own)],
    ['a time that is none', encode({ ...own, listedAt: 'never' })],
    ['a rendition', encode({ ...own, sk: 'RENDITION#a' })],
    ['a partition that is not an image', encode({ ...own, pk: 'x' })],
    ['a partition key longer than 2048 bytes', encode({ ...own, pk: 'x'.repeat(2049) })],
    ['a sort key longer than 1024 bytes', encode({ ...own, sk: 'x'.repeat(1025) })],
    ['a time longer than 1024 bytes', encode({ ...own, listedAt: 'x'.repeat(1025) })],
  ] as const) {
    it(`answers an empty page or invalid_request for a forged cursor of ${what}`, async () => {
      try {
        const { records } = await listImageRecords(table(), { owner: 'forger', limit: 1, cursor });
        expect(records).to.deep.equal([]);
      } catch (error) {
        expectCode(error, 'invalid_request');
      }
    });
  }
}

const FACTS = {
  key: 'renditions/a/b.webp',
  contentType: 'image/webp',
  contentLength: 99,
  checksumSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  width: 40,
  height: 30,
};
/** A third of a request to S3 is a share of what three renditions needed once. */
const COST = {
  puts: 1,
  gets: 0.333,
  reads: 0,
  writes: 2,
  sqs: 0.5,
  cpuMs: 118,
  usd: 0.0000077613,
  priced: '2026-08-01',
};
const FAILURE = { code: 'image_unreadable', detail: 'It ends early.' } as const;
const PIPELINE = rendition('again', { commands: [{ operation: 'flip' }], output: { format: 'avif' } });

type Change = (table: ImageTable, rendition: { imageId: string; name: string }) => Promise<Rendition | undefined>;

/** Every change: from where it is allowed, and what it makes of a rendition that was tried three times. */
const CHANGES: { named: string; change: Change; from: RenditionStatus[]; gives: Partial<Rendition> }[] = [
  {
    named: 'startRendition',
    change: startRendition,
    from: ['queued', 'processing'],
    gives: { status: 'processing', attempts: 4 },
  },
  {
    named: 'finishRendition',
    change: (table, name) => finishRendition(table, name, FACTS),
    from: ['processing'],
    gives: { status: 'ready', facts: FACTS, attempts: 3 },
  },
  {
    named: 'failRendition',
    change: (table, name) => failRendition(table, name, FAILURE),
    from: ['queued', 'processing'],
    gives: { status: 'failed', failure: FAILURE, attempts: 3 },
  },
  {
    named: 'releaseRendition',
    change: releaseRendition,
    from: ['processing'],
    gives: { status: 'queued', attempts: 2 },
  },
  {
    named: 'requeueRendition',
    change: (table, name) => requeueRendition(table, name, PIPELINE),
    from: ['failed'],
    gives: { status: 'queued', attempts: 0, commands: PIPELINE.commands, output: PIPELINE.output },
  },
];

const STATUSES: RenditionStatus[] = ['queued', 'processing', 'ready', 'failed'];

/** A rendition that was tried three times and is in a status now. */
const triedRendition = (status: RenditionStatus): Rendition =>
  rendition('thumb', {
    status,
    attempts: 3,
    ...(status === 'ready' && { facts: FACTS }),
    ...(status === 'failed' && { failure: FAILURE }),
  });

async function onlyRendition(table: ImageTable, imageId: string): Promise<Rendition | undefined> {
  const image = await readImage(table, imageId, CONSISTENT);
  expect(image?.renditions).to.have.lengthOf(1);
  return image?.renditions[0];
}

function describeTransitions(table: GetTable): void {
  for (const { named, change, from, gives } of CHANGES) {
    for (const status of STATUSES.filter((status) => from.includes(status))) {
      it(`lets ${named} change a rendition that is ${status}`, async () => {
        const { failure: _failure, facts: _facts, ...before } = triedRendition(status);
        const imageId = await stored(table(), [triedRendition(status)]);
        const changed = await change(table(), { imageId, name: 'thumb' });
        expect(Date.parse(changed?.updatedAt ?? '')).to.be.above(Date.parse(before.updatedAt));
        expect(changed).to.deep.equal({ ...before, ...gives, updatedAt: changed?.updatedAt });
        expect(await onlyRendition(table(), imageId)).to.deep.equal(changed);
      });
    }

    for (const status of STATUSES.filter((status) => !from.includes(status))) {
      it(`lets ${named} change nothing of a rendition that is ${status}`, async () => {
        const imageId = await stored(table(), [triedRendition(status)]);
        expect(await change(table(), { imageId, name: 'thumb' })).to.equal(undefined);
        expect(await onlyRendition(table(), imageId)).to.deep.equal(triedRendition(status));
      });
    }

    it(`lets ${named} make no rendition that is not there`, async () => {
      const imageId = await stored(table(), []);
      expect(await change(table(), { imageId, name: 'thumb' })).to.equal(undefined);
      expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal([]);
    });
  }

  it('adds what attempts have cost, in the write that ends each or apart from it', async () => {
    const imageId = await stored(table(), [rendition('a', { status: 'processing', attempts: 1 })]);
    const it = { imageId, name: 'a', cost: COST };
    expect(await addCost(table(), it)).to.equal(true);
    expect(await finishRendition(table(), it, FACTS)).to.include({ status: 'ready' });
    // A write that is refused adds nothing.
    expect(await finishRendition(table(), it, FACTS)).to.equal(undefined);
    expect(await addCost(table(), it)).to.equal(true);
    const made = await onlyRendition(table(), imageId);
    expect(made).to.deep.include({ status: 'ready', facts: FACTS, attempts: 1 });
    expect(made?.receipt).to.deep.equal({
      puts: 3,
      gets: 0.999,
      reads: 0,
      writes: 6,
      sqs: 1.5,
      cpuMs: 354,
      usd: 0.0000232839,
      priced: '2026-08-01',
    });
  });

  it('says of a receipt how many of its attempts had no price', async () => {
    const imageId = await stored(table(), [rendition('a')]);
    const { usd: _usd, priced: _date, ...amounts } = COST;
    for (const cost of [COST, { ...amounts, unpriced: 1 }]) await addCost(table(), { imageId, name: 'a', cost });
    const made = await onlyRendition(table(), imageId);
    expect(made?.receipt).to.include({ puts: 2, usd: COST.usd, priced: '2026-08-01', unpriced: 1 });
  });

  it('writes with the facts of a rendition whether it is private, and forgets that only when it is made again', async () => {
    const imageId = await stored(table(), [rendition('thumb', { status: 'processing' })]);
    const thumb = { imageId, name: 'thumb' };
    expect(await finishRendition(table(), thumb, { ...FACTS, isPrivate: true })).to.deep.include({
      ...{ status: 'ready', facts: FACTS, isPrivate: true },
    });
    expect(await remakeRendition(table(), thumb)).to.include({ status: 'queued', isPrivate: true });
    expect(await startRendition(table(), thumb)).to.include({ isPrivate: true });
    expect(await finishRendition(table(), thumb, FACTS)).to.not.have.property('isPrivate');
    expect(await onlyRendition(table(), imageId)).to.not.have.property('isPrivate');
  });

  it('takes a rendition from its first request over a failure to its result', async () => {
    const imageId = await stored(table(), [rendition()]);
    const thumb = { imageId, name: 'thumb' };
    expect(await startRendition(table(), thumb)).to.include({ attempts: 1 });
    expect(await startRendition(table(), thumb)).to.include({ attempts: 2 });
    await failRendition(table(), thumb, FAILURE);
    expect(await requeueRendition(table(), thumb, PIPELINE)).to.include({ attempts: 0 });
    expect(await startRendition(table(), thumb)).to.include({ attempts: 1 });
    const ready = await finishRendition(table(), thumb, FACTS);
    expect(ready).to.not.have.property('failure');
    expect(await onlyRendition(table(), imageId)).to.deep.equal(ready);
  });
}

function describeConcurrentWrites(opened: () => OpenedTable): void {
  beforeEach(function () {
    if (!opened().atomic) this.skip();
  });

  const table = () => opened().table;
  const outcomes = async (changes: Change[], status: RenditionStatus) => {
    const imageId = await stored(table(), [rendition('thumb', { status })]);
    const changed = await Promise.all(changes.map((change) => change(table(), { imageId, name: 'thumb' })));
    return { changed, now: await onlyRendition(table(), imageId) };
  };
  const finish: Change = (table, name) => finishRendition(table, name, FACTS);
  const fail: Change = (table, name) => failRendition(table, name, FAILURE);
  const requeue: Change = (table, name) => requeueRendition(table, name, PIPELINE);

  it('lets one of two requests win that create an image at once', async () => {
    const { imageId } = imageRecord();
    const work = [8, 9].map((second) =>
      createImage(table(), { record: imageRecord({ imageId, createdAt: at(second) }), renditions: [] }),
    );
    const settled = await Promise.allSettled(work);
    expect(settled.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('adds the cost of every attempt of many that end at once, whichever of them finishes', async () => {
    const imageId = await stored(table(), [rendition('thumb', { status: 'processing' })]);
    const it = { imageId, name: 'thumb', cost: COST };
    const apart = Array.from({ length: 8 }, () => addCost(table(), it));
    const ends = Array.from({ length: 2 }, () => finishRendition(table(), it, FACTS));
    expect(await Promise.all(apart)).to.deep.equal(Array(8).fill(true));
    expect((await Promise.all(ends)).filter(Boolean)).to.have.length(1);
    const now = await onlyRendition(table(), imageId);
    expect(now?.receipt).to.include({ puts: 9, gets: 2.997, writes: 18, cpuMs: 1062, usd: 0.0000698517 });
  });

  it('counts every attempt of many that start at once', async () => {
    const { changed, now } = await outcomes(Array(5).fill(startRendition), 'queued');
    expect(changed.map((rendition) => rendition?.attempts).sort()).to.deep.equal([1, 2, 3, 4, 5]);
    expect(now).to.include({ status: 'processing', attempts: 5 });
  });

  for (const [named, changes, status] of [
    ['finish at once', [finish, finish], 'processing'],
    ['finish and fail at once', [finish, fail], 'processing'],
    ['put it back at once', [requeue, requeue], 'failed'],
  ] as const) {
    it(`lets exactly one of two concurrent calls of ${named} win`, async () => {
      const { changed, now } = await outcomes([...changes], status);
      const winners = changed.filter((rendition) => rendition !== undefined);
      expect(winners).to.have.lengthOf(1);
      expect(now).to.deep.equal(winners[0]);
    });
  }
}

function describeLargeImage(table: GetTable): void {
  it('reads and deletes an image whose renditions are more than one page of a query', async () => {
    // Longer than commands can be, so that a hundred of them are more than the 1 MB that a query answers.
    const commands = Array.from({ length: 10 }, () => ({
      operation: 'rotate' as const,
      angle: 1,
      background: '#'.repeat(1500),
    }));
    const asked = Array.from({ length: 100 }, (_, index) =>
      rendition(`r${99 - index}`, { commands, requestedAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() }),
    );
    const imageId = await stored(table(), asked);
    const { LastEvaluatedKey } = await table().documents.send(
      new QueryCommand({
        TableName: table().tableName,
        KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
        ExpressionAttributeValues: { ':partition': imagePartition(imageId) },
      }),
    );
    expect(LastEvaluatedKey, 'a second page').to.be.an('object');
    expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal(asked);
    await deleteImageRecord(table(), imageId);
    expect((await readImage(table(), imageId, CONSISTENT))?.renditions).to.deep.equal([]);
  });
}
