import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { IMAGE_TABLE } from '../../../../shared/contracts/table.ts';
import { createImageId } from '../../../../shared/domain/image-id.ts';
import type { ImageRecord } from '../../../../shared/domain/image-record.ts';
import { uploadEnd } from '../../../../shared/domain/upload-token.ts';
import { addProcessing, countRenditions, readDay } from '../../../../shared/storage/table/day-usage.ts';
import { preventImage } from '../../../../shared/storage/table/image-deletion.ts';
import { type ImageTable, isStored, readImage, recordKey } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { countOpenUpload, readOpenUploads } from '../../../../shared/storage/table/open-uploads.ts';
import { hasManyPublicImages, listOwnedImages } from '../../../../shared/storage/table/owned-items.ts';
import {
  beginErasure,
  decidePurge,
  type Erasure,
  endErasure,
  forgetBegun,
  MOST_NOTED,
  noteBegun,
} from '../../../../shared/storage/table/owner-erasure.ts';
import { readStored, reserveImage, settleImage } from '../../../../shared/storage/table/stored-usage.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';

const UNLIMITED = { images: null, storedBytes: null };

/** The contract of what the table keeps of an erasure, for any table. */
export function describeOwnerErasure(name: string, open: () => Promise<OpenedTable>): void {
  describe(`the erasure of an owner in ${name}`, () => {
    let opened: OpenedTable;
    let table: ImageTable;
    let owner: string;
    before(async () => {
      opened = await open();
      table = opened.table;
    });
    after(() => opened.close());
    beforeEach(() => {
      owner = `owner|${randomUUID()}`;
    });

    const sizeOf = (imageId = createImageId()) => ({ owner, imageId, contentLength: 7 });
    const reserve = (imageId?: string) => reserveImage(table, sizeOf(imageId), UNLIMITED);
    async function created(facts: Partial<ImageRecord> = {}): Promise<string> {
      const record = imageRecord({ owner, ...facts });
      await createImage(table, { record, renditions: [] });
      return record.imageId;
    }

    it('is one for all who begin it, until it ends', async () => {
      const all = await Promise.all(Array.from({ length: 5 }, () => beginErasure(table, owner)));
      expect(new Set(all.map(({ erasureId }) => erasureId)).size).to.equal(1);
      const [erasure] = all as [Erasure];
      expect(erasure).to.deep.include({ owner, begun: [], arriving: [], isLeaving: false, notes: 0 });
      expect(Date.parse(erasure.since)).to.be.closeTo(Date.now(), 60_000);
      expect(await endErasure(table, erasure)).to.equal(true);
      expect(await endErasure(table, erasure)).to.equal(false);
      expect((await beginErasure(table, owner)).erasureId).to.not.equal(erasure.erasureId);
    });

    it('takes no place for an image until it has ended, and knows of those that were taken before', async () => {
      const [settled, arriving] = [createImageId(), createImageId()];
      await settleImage(table, owner, String(await reserve(settled)));
      const reservation = await reserve(arriving);
      const erasure = await beginErasure(table, owner);
      expect(erasure.arriving.map(({ since: _since, ...image }) => image)).to.deep.equal([
        { imageId: arriving, contentLength: 7, reservation },
      ]);
      expect(await reserve()).to.equal(undefined);
      expect(await readStored(table, owner)).to.deep.equal({ images: 2, storedBytes: 14, isErased: true });
      await endErasure(table, erasure);
      expect(await reserve()).to.be.a('string');
      expect(await readStored(table, owner)).to.deep.equal({ images: 1, storedBytes: 7 });
    });

    it('keeps in mind what is begun until nothing is left of it', async () => {
      const erasure = await beginErasure(table, owner);
      const [first, second] = [1, 2].map(() => Array.from({ length: MOST_NOTED }, createImageId)) as [
        string[],
        string[],
      ];
      expect(await noteBegun(table, erasure, first)).to.equal(true);
      expect(await noteBegun(table, erasure, second)).to.equal(true);
      await forgetBegun(table, erasure, first);
      expect((await beginErasure(table, owner)).begun).to.have.members(second);
    });

    it('does not end for whoever has not seen what was begun, and notes nothing once it has ended', async () => {
      const erasure = await beginErasure(table, owner);
      await noteBegun(table, erasure, [createImageId()]);
      expect(await endErasure(table, erasure)).to.equal(false);
      const now = await beginErasure(table, owner);
      expect(now.erasureId).to.equal(erasure.erasureId);
      expect(await endErasure(table, now)).to.equal(true);
      expect(await noteBegun(table, now, [createImageId()])).to.equal(false);
      await forgetBegun(table, now, [createImageId()]);
      await decidePurge(table, now, 'all');
      expect(await readStored(table, owner)).to.deep.equal({ images: 0, storedBytes: 0 });
    });

    it('decides once how the CDN is asked', async () => {
      const erasure = await beginErasure(table, owner);
      expect(erasure.purge).to.equal(undefined);
      await decidePurge(table, erasure, 'all');
      await decidePurge(table, erasure, 'each');
      expect((await beginErasure(table, owner)).purge).to.equal('all');
    });

    it('removes what was counted of the owner, and nothing of another', async () => {
      const other = `${owner}2`;
      const now = Date.now();
      const createdAt = new Date(now).toISOString();
      const validUntil = uploadEnd(now, undefined);
      for (const each of [owner, other]) {
        await countRenditions(table, { owner: each, count: 3 });
        await addProcessing(table, each, 1_000);
        await countOpenUpload(table, { owner: each, createdAt, validUntil }, 10);
      }
      await endErasure(table, await beginErasure(table, owner));
      expect(await readDay(table, owner)).to.deep.equal({ renditions: 0, processingMs: 0 });
      expect(await readOpenUploads(table, owner)).to.equal(0);
      expect(await readDay(table, other)).to.deep.equal({ renditions: 3, processingMs: 1_000 });
      expect(await readOpenUploads(table, other)).to.equal(1);
    });

    it('prevents an image that has no record yet, and leaves one that has', async () => {
      const record = imageRecord({ owner });
      await preventImage(table, record);
      const refused = createImage(table, { record, renditions: [rendition('one')] });
      expect(await rejectionOf(refused)).to.include({ code: 'image_deleted' });
      expect((await readImage(table, record.imageId, { consistent: true }))?.renditions).to.deep.equal([]);
      const imageId = await created();
      await preventImage(table, { owner, imageId });
      expect(isStored(await readImage(table, imageId, { consistent: true }))).to.equal(true);
    });

    it('lists the images of the owner in pages, damaged ones too unless they name another', async () => {
      const ids = [await created(), await created(), await created()];
      await created({ owner: `${owner}2` });
      const listed = { [IMAGE_TABLE.listIndex.partitionKey]: owner, [IMAGE_TABLE.listIndex.sortKey]: '2026' };
      const [nobodys, somebodys] = [createImageId(), createImageId()];
      for (const Item of [
        { ...recordKey(nobodys), ...listed },
        { ...recordKey(somebodys), ...listed, owner: 'somebody' },
      ])
        await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
      await eventually('the list', async () => {
        const found: string[] = [];
        for await (const page of listOwnedImages(table, owner, 2)) {
          expect(page.length).to.be.at.most(2);
          found.push(...page);
        }
        return found.length === 4 && [...ids, nobodys].every((imageId) => found.includes(imageId));
      });
    });

    it('knows whether more images than a number are public', async () => {
      for (const visibility of ['public', 'private', undefined, 'public'] as const)
        await created({ ...(visibility && { visibility }) });
      await eventually('the list', () => hasManyPublicImages(table, owner, 2));
      expect(await hasManyPublicImages(table, owner, 3)).to.equal(false);
    });
  });
}
