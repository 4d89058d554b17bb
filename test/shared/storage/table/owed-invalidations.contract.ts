import { expect } from 'chai';
import type { ImageRecord, Tombstone } from '../../../../shared/domain/image-record.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { takeOwedInvalidations, writeInvalidation } from '../../../../shared/storage/table/owed-invalidations.ts';
import { eventually } from '../../../support/eventually.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord } from '../../../support/storage/image-records.ts';

/** The contract of invalidations that are owed, for any table. */
export function describeOwedInvalidations(name: string, open: () => Promise<OpenedTable>): void {
  describe(`owed invalidations in ${name}`, () => {
    let opened: OpenedTable;
    before(async () => {
      opened = await open();
    });
    after(() => opened.close());

    const deleted = async (facts: Partial<ImageRecord> = {}, owesInvalidation = true): Promise<Tombstone> => {
      const record = imageRecord(facts);
      await createImage(opened.table, { record, renditions: [] });
      return deleteImageRecord(opened.table, record.imageId, { owesInvalidation });
    };
    const take = async (before = new Date(Date.now() + 60_000)) => {
      const taken = await takeOwedInvalidations(opened.table, { before, limit: 160 });
      return taken.map(({ imageId }) => imageId);
    };
    /** The index is eventually consistent. */
    const isTaken = (tombstone: Tombstone) =>
      eventually('it is taken', async () => (await take()).includes(tombstone.imageId));

    it('are those of public images until the CDN has accepted them', async () => {
      const tombstone = await deleted();
      await isTaken(tombstone);
      await isTaken(tombstone);
      await writeInvalidation(opened.table, tombstone, 'I1');
      await eventually('it is not owed', async () => !(await take()).includes(tombstone.imageId));
      expect(await deleteImageRecord(opened.table, tombstone.imageId, { owesInvalidation: true })).to.deep.equal({
        ...tombstone,
        invalidationId: 'I1',
      });
    });

    it('are none of private images, nor where there is no CDN', async () => {
      const none = [await deleted({ visibility: 'private' }), await deleted({}, false)];
      await isTaken(await deleted());
      expect(await take()).to.not.include.oneOf(none.map(({ imageId }) => imageId));
    });

    it('are left to who may still be asking: only those from before a time are taken', async () => {
      const tombstone = await deleted();
      await isTaken(tombstone);
      expect(await take(new Date(Date.parse(tombstone.deletedAt)))).to.not.include(tombstone.imageId);
    });

    it('are taken by one of several services', async function () {
      if (!opened.atomic) this.skip();
      const tombstone = await deleted();
      await isTaken(tombstone);
      const before = new Date();
      await eventually('time has passed', () => Date.now() > before.getTime() + 1);
      const taken = await Promise.all(Array.from({ length: 5 }, () => take(new Date())));
      expect(taken.flat().filter((imageId) => imageId === tombstone.imageId)).to.have.length(1);
    });

    it('are not taken for accepted by the invalidation of an earlier deletion', async () => {
      const tombstone = await deleted();
      await writeInvalidation(opened.table, { ...tombstone, deletedAt: '2020-01-02T03:04:05.678Z' }, 'I2');
      await isTaken(tombstone);
    });
  });
}
