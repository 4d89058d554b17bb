import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import { NO_OWNER_LIMITS } from '../../../../shared/domain/owner-limits.ts';
import { openOwnerLimits } from '../../../../shared/services/owner-limits.ts';
import { readCount } from '../../../../shared/storage/table/counted-entries.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import {
  epochSeconds,
  type ImageTable,
  isStored,
  readImage,
  recordKey,
} from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { resolveLeftEntries } from '../../../../shared/storage/table/left-entries.ts';
import { readStored, reserveImage, totalKey } from '../../../../shared/storage/table/stored-usage.ts';
import { newImage } from '../../../../shared/uploads/new-image.ts';
import { logInto } from '../../../support/services/services.ts';
import { openLocalTable } from '../../../support/storage/emulators.ts';

const LIMITS = { ...NO_OWNER_LIMITS, images: 5, storedBytes: 60 };

/** Seconds after which no process works on what it has begun. */
const LATER = 2 * 60 * 60;

/** A table for a process that dies at its n-th write: before the write is done, or after it, when its answer is lost. */
function dyingTable(table: ImageTable, { atWrite, isDone }: { atWrite: number; isDone: boolean }): ImageTable {
  let writes = 0;
  const send = async (command: { constructor: { name: string } }) => {
    if (/Query|Get/.test(command.constructor.name)) {
      if (writes >= atWrite) throw new Error('killed');
      return table.documents.send(command as unknown as UpdateCommand);
    }
    writes += 1;
    if (writes > atWrite || (writes === atWrite && !isDone)) throw new Error('killed');
    const answer = await table.documents.send(command as unknown as UpdateCommand);
    if (writes === atWrite) throw new Error('killed');
    return answer;
  };
  // Paginators take instances of the client only.
  const documents = Object.assign(Object.create(table.documents), { send }) as ImageTable['documents'];
  return { ...table, documents };
}

const FACTS = {
  visibility: 'private' as const,
  contentType: 'image/png',
  checksumSha256: `${'A'.repeat(43)}=`,
  etag: 'e',
};

/** Stores the record of an image as an upload does. */
async function store(table: ImageTable, owner: string, imageId: string, contentLength: number): Promise<void> {
  const limits = openOwnerLimits({ table, logger: logInto([], 'test'), values: LIMITS, uploadSeconds: 60 });
  const place = await limits.reserveImage({ owner, imageId, contentLength });
  await createImage(
    table,
    newImage(
      { ...FACTS, imageId, owner, visibility: 'private' as const, contentLength, countedAs: place.countedAs },
      [],
    ),
  );
  await place.settle();
}

describe('the images and bytes of an owner', () => {
  let table: ImageTable;
  let close: () => Promise<void>;
  before(async () => {
    ({ table, close } = await openLocalTable());
  });
  after(() => close());

  /** Images of the owner that have a record, and their bytes. */
  async function storedNow(ids: string[]): Promise<{ images: number; storedBytes: number }> {
    const found = await Promise.all(ids.map((imageId) => readImage(table, imageId, { consistent: true })));
    const stored = found.filter(isStored);
    return { images: stored.length, storedBytes: stored.reduce((sum, { record }) => sum + record.contentLength, 0) };
  }

  const act = fc.record({
    what: fc.constantFrom('store', 'delete'),
    image: fc.nat(5),
    bytes: fc.integer({ min: 1, max: 30 }),
    dies: fc.option(fc.record({ atWrite: fc.integer({ min: 1, max: 6 }), isDone: fc.boolean() })),
  });

  it('are never more than allowed, and are those with a record once what processes left behind is resolved', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        const owner = `owner-${randomUUID()}`;
        const ids = Array.from({ length: 6 }, createImageId);
        const all = new Set<string>();
        for (const round of rounds) {
          await Promise.allSettled(
            round.map(({ what, image, bytes, dies }) => {
              const own = dies ? dyingTable(table, dies) : table;
              const imageId = String(ids[image]);
              all.add(imageId);
              return what === 'store' ? store(own, owner, imageId, bytes) : deleteImageRecord(own, imageId);
            }),
          );
          const { images, storedBytes } = await storedNow([...all]);
          expect(images).to.be.at.most(LIMITS.images);
          expect(storedBytes).to.be.at.most(LIMITS.storedBytes);
          const counted = await readStored(table, owner);
          expect(counted.images).to.be.within(images, LIMITS.images);
          expect(counted.storedBytes).to.be.within(storedBytes, LIMITS.storedBytes);
        }
        await resolveLeftEntries(table, owner, epochSeconds() + LATER);
        expect(await readStored(table, owner)).to.deep.equal(await storedNow([...all]));
        expect(await resolveLeftEntries(table, owner, epochSeconds() + LATER)).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });

  it('are subtracted once when many delete the same image', async () => {
    const owner = `owner-${randomUUID()}`;
    const [kept, deleted] = [createImageId(), createImageId()];
    await store(table, owner, kept, 7);
    await store(table, owner, deleted, 9);
    await Promise.all(Array.from({ length: 8 }, () => deleteImageRecord(table, deleted)));
    await deleteImageRecord(table, deleted);
    expect(await readStored(table, owner)).to.deep.equal({ images: 1, storedBytes: 7 });
    expect(
      Object.keys((await readCount(table, totalKey(owner))) ?? {}).filter((name) => /^(in|out)_/.test(name)),
    ).to.deep.equal([]);
  });

  it('do not become fewer when an image is deleted that never counted', async () => {
    const owner = `owner-${randomUUID()}`;
    const imageId = createImageId();
    await createImage(
      table,
      newImage({ ...FACTS, imageId, owner, visibility: 'private' as const, contentLength: 5 }, []),
    );
    await store(table, owner, createImageId(), 3);
    await deleteImageRecord(table, imageId);
    expect(await readStored(table, owner)).to.deep.equal({ images: 1, storedBytes: 3 });
  });

  it('are subtracted for a record that is damaged, if it still says as what it counts', async () => {
    const owner = `owner-${randomUUID()}`;
    const imageId = createImageId();
    await store(table, owner, imageId, 5);
    await table.documents.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: recordKey(imageId),
        UpdateExpression: 'SET checksumSha256 = :wrong',
        ExpressionAttributeValues: { ':wrong': 1 },
      }),
    );
    await deleteImageRecord(table, imageId);
    expect(await readStored(table, owner)).to.deep.equal({ images: 0, storedBytes: 0 });
  });

  it('keep a reservation for an hour, in which its process may still store the image', async () => {
    const owner = `owner-${randomUUID()}`;
    await reserveImage(table, { owner, imageId: createImageId(), contentLength: 4 }, LIMITS);
    expect(await resolveLeftEntries(table, owner, epochSeconds() + 59 * 60)).to.equal(0);
    expect(await readStored(table, owner)).to.deep.equal({ images: 1, storedBytes: 4 });
    expect(await resolveLeftEntries(table, owner, epochSeconds() + 61 * 60)).to.equal(1);
    expect(await readStored(table, owner)).to.deep.equal({ images: 0, storedBytes: 0 });
  });
});
