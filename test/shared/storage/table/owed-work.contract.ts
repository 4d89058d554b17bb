import { expect } from 'chai';
import type { OwedWork } from '../../../../shared/contracts/table.ts';
import { type ImageRecord, purgeOf, type Tombstone } from '../../../../shared/domain/image-record.ts';
import { changeImageRecord } from '../../../../shared/storage/table/image-changes.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import { readImage } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { writeInvalidation } from '../../../../shared/storage/table/invalidations.ts';
import { postponeNotice, writeModeratorTold } from '../../../../shared/storage/table/moderation-notices.ts';
import { takeOwed } from '../../../../shared/storage/table/owed-work.ts';
import { readPendingImages } from '../../../../shared/storage/table/pending-images.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord } from '../../../support/storage/image-records.ts';

/** The contract of work that is owed, for any table. */
export function describeOwedWork(name: string, open: () => Promise<OpenedTable>): void {
  describe(`owed work in ${name}`, () => {
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
    const purge = (tombstone: Tombstone) => purgeOf(tombstone) ?? expect.fail('no purge');
    const take = async (before = new Date(Date.now() + 60_000), work: OwedWork = 'owed_invalidation') => {
      const taken = await takeOwed(opened.table, { work, before, next: new Date(), limit: 160 });
      return taken.map(({ imageId }) => imageId);
    };
    /** The index is eventually consistent. */
    const isTaken = (tombstone: Tombstone) =>
      eventually('it is taken', async () => (await take()).includes(tombstone.imageId));

    it('has invalidations of public images until the CDN has accepted them', async () => {
      const tombstone = await deleted();
      await isTaken(tombstone);
      await isTaken(tombstone);
      await writeInvalidation(opened.table, purge(tombstone), 'I1');
      await eventually('it is not owed', async () => !(await take()).includes(tombstone.imageId));
      expect(await deleteImageRecord(opened.table, tombstone.imageId, { owesInvalidation: true })).to.deep.equal({
        ...tombstone,
        invalidationId: 'I1',
      });
    });

    it('has no invalidations of private images, nor where there is no CDN', async () => {
      const none = [await deleted({ visibility: 'private' }), await deleted({}, false)];
      await isTaken(await deleted());
      expect(await take()).to.not.include.oneOf(none.map(({ imageId }) => imageId));
    });

    it('is left to who may still be asking: only what is from before a time is taken', async () => {
      const tombstone = await deleted();
      await isTaken(tombstone);
      expect(await take(new Date(Date.parse(tombstone.deletedAt)))).to.not.include(tombstone.imageId);
    });

    it('is taken by one of several services', async function () {
      if (!opened.atomic) this.skip();
      const tombstone = await deleted();
      await isTaken(tombstone);
      const before = new Date();
      await eventually('time has passed', () => Date.now() > before.getTime() + 1);
      const now = new Date();
      const taken = await Promise.all(Array.from({ length: 5 }, () => take(now)));
      expect(taken.flat().filter((imageId) => imageId === tombstone.imageId)).to.have.length(1);
    });

    it('is not taken for done by the invalidation of an earlier deletion', async () => {
      const tombstone = await deleted();
      await writeInvalidation(opened.table, { ...purge(tombstone), purgeId: '2020-01-02T03:04:05.678Z' }, 'I2');
      await isTaken(tombstone);
    });

    it('tells nobody of a pending image twice, and of no other', async () => {
      const waiting = imageRecord({ moderation: 'pending', createdAt: new Date().toISOString() });
      const decided = imageRecord({ moderation: 'approved' });
      for (const record of [waiting, decided]) await createImage(opened.table, { record, renditions: [] });
      const untold = () => take(new Date(Date.now() + 60_000), 'owed_moderation');
      await eventually('it is taken', async () => (await untold()).includes(waiting.imageId));
      expect(await untold()).to.not.include(decided.imageId);
      expect(await take(), 'no invalidation').to.not.include(waiting.imageId);
      const { imageId } = await deleteImageRecord(opened.table, waiting.imageId, { owesInvalidation: true });
      await eventually('it is not owed', async () => !(await untold()).includes(imageId));
      expect(await take(), 'what nobody has seen is in no cache').to.not.include(imageId);
    });

    it('is not owed any more once whoever decides was told, and later if that is postponed', async () => {
      const untold = (before = new Date(Date.now() + 60_000)) => take(before, 'owed_moderation');
      const isUntold = (imageId: string) => eventually('it is taken', async () => (await untold()).includes(imageId));
      const [told, postponed] = ['told', 'postponed'].map(() => imageRecord({ moderation: 'pending' }));
      for (const record of [told, postponed]) {
        if (!record) continue;
        await createImage(opened.table, { record, renditions: [] });
        await isUntold(record.imageId);
      }
      const [{ imageId: first = '' } = {}, { imageId: second = '' } = {}] = [told, postponed];
      await writeModeratorTold(opened.table, first, new Date());
      await postponeNotice(opened.table, second, new Date(Date.now() + 3_600_000));
      await eventually('neither is taken', async () => {
        const taken = await untold();
        return !taken.includes(first) && !taken.includes(second);
      });
      const later = new Date(Date.now() + 2 * 3_600_000);
      await eventually('it is taken later', async () => (await untold(later)).includes(second));
      expect(await untold(later)).to.not.include(first);
    });

    it('is a decision as long as an image waits for it, whoever was told, for all owners in pages of any size', async () => {
      const { table } = opened;
      const listed = async (limit = 100) => {
        const ids: string[] = [];
        for (let cursor: string | undefined, page = 0; page === 0 || cursor; page += 1) {
          const { records, nextCursor } = await readPendingImages(table, { limit, cursor });
          expect(records.length).to.be.at.most(limit);
          ids.push(...records.map(({ imageId }) => imageId));
          cursor = nextCursor;
        }
        return ids;
      };
      // Some begin to wait in the same millisecond.
      const waiting = Array.from({ length: 12 }, (_, index) =>
        imageRecord({
          ...{ moderation: 'pending', owner: `owner ${index % 3}` },
          createdAt: new Date(Date.UTC(2026, 0, 2, 3, 4, Math.floor(index / 3))).toISOString(),
        }),
      );
      for (const record of waiting) await createImage(table, { record, renditions: [] });
      await createImage(table, { record: imageRecord({ moderation: 'approved' }), renditions: [] });
      const ids = waiting.map(({ imageId }) => imageId);
      const ours = async (limit?: number) => (await listed(limit)).filter((imageId) => ids.includes(imageId));
      await eventually('all are listed', async () => (await ours()).length === ids.length);
      for (const limit of [1, 2, 5]) expect(await ours(limit)).to.have.members(ids);
      const [told = '', decided = '', left = '', ...others] = ids;
      await writeModeratorTold(table, told, new Date());
      const { record } = (await readImage(table, decided, { consistent: true })) as { record: ImageRecord };
      await changeImageRecord(table, record, { change: { moderation: 'rejected' }, hasCdn: false });
      await writeModeratorTold(table, others[0] as string, new Date());
      await deleteImageRecord(table, left);
      const stay = [told, ...others];
      await eventually('the others leave', async () => (await ours()).length === stay.length);
      expect(await ours(1)).to.have.members(stay);
      expect((await ours()).slice(-2), 'they wait from the time on at which somebody was told').to.have.members([
        ...[told, others[0]],
      ]);
    });

    it('is listed by no cursor but those that a list has answered', async () => {
      for (const cursor of ['x', '0 1', `${new Date().toISOString()} x`, `2026 ${imageRecord().imageId}`]) {
        const encoded = Buffer.from(cursor).toString('base64url');
        const error = await rejectionOf(readPendingImages(opened.table, { limit: 1, cursor: encoded }));
        expect(error, cursor).to.include({ code: 'invalid_request' });
      }
    });

    it('stays as it is where the image was decided or deleted since it was taken', async () => {
      const record = imageRecord({ moderation: 'pending' });
      await createImage(opened.table, { record, renditions: [] });
      const { imageId } = record;
      const decided = { change: { moderation: 'rejected' } as const, hasCdn: true };
      const after = await changeImageRecord(opened.table, record, decided);
      const notes = async () => {
        await writeModeratorTold(opened.table, imageId, new Date());
        await postponeNotice(opened.table, imageId, new Date());
      };
      await notes();
      expect(await readImage(opened.table, imageId, { consistent: true })).to.deep.equal({
        record: after,
        renditions: [],
      });
      const tombstone = await deleteImageRecord(opened.table, imageId);
      await notes();
      expect(await readImage(opened.table, imageId, { consistent: true })).to.deep.equal({
        record: tombstone,
        renditions: [],
      });
    });
  });
}
