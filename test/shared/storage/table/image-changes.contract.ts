import { expect } from 'chai';
import fc from 'fast-check';
import { isForEverybody, MODERATIONS } from '../../../../shared/domain/access.ts';
import {
  type ImageRecord,
  purgeOf,
  type Tombstone,
  VISIBILITIES,
  WATERMARK_USES,
} from '../../../../shared/domain/image-record.ts';
import { changeImageRecord, type ImageChange } from '../../../../shared/storage/table/image-changes.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import { isStored, readImage, readImageItems } from '../../../../shared/storage/table/image-table.ts';
import { addRendition, createImage } from '../../../../shared/storage/table/image-writes.ts';
import { writeInvalidation } from '../../../../shared/storage/table/invalidations.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';

/** What happens to one image, and what a CDN in front of it may have then. */
type Step =
  | { is: 'changed'; change: ImageChange; hasCdn: boolean; stale: boolean }
  | { is: 'purged' }
  | { is: 'deleted' };

const change = fc.oneof(
  fc.record({ visibility: fc.constantFrom(...VISIBILITIES) }),
  fc.record({ watermarkFor: fc.constantFrom(...WATERMARK_USES) }),
  fc.record({ moderation: fc.constantFrom(...MODERATIONS) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('changed' as const),
      change,
      hasCdn: fc.constant(true),
      stale: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ is: 'purged' as const }) },
  { weight: 1, arbitrary: fc.constant({ is: 'deleted' as const }) },
);

/** The contract of changes of an image, for any table. */
export function describeImageChanges(name: string, open: () => Promise<OpenedTable>): void {
  describe(`image changes in ${name}`, () => {
    let opened: OpenedTable;
    before(async () => {
      opened = await open();
    });
    after(() => opened.close());

    const created = async (facts: Partial<ImageRecord> = {}): Promise<ImageRecord> => {
      const record = imageRecord({ visibility: 'public', ...facts });
      await createImage(opened.table, { record, renditions: [] });
      return record;
    };
    const read = async (imageId: string): Promise<ImageRecord | Tombstone> =>
      (await readImage(opened.table, imageId, { consistent: true }))?.record ?? expect.fail('no record');
    const stored = async (imageId: string): Promise<ImageRecord> => {
      const record = await read(imageId);
      return record.status === 'stored' ? record : expect.fail('deleted');
    };
    const owed = async (imageId: string): Promise<string | undefined> => {
      const { record = {} } = await readImageItems(opened.table, imageId, { consistent: true });
      expect(record.failedAt === undefined).to.equal(record.failedFor === undefined);
      return (record.failedFor as string | undefined)?.split('#')[0];
    };
    /** Changes what is there, as often as somebody else is faster. */
    const apply = async (imageId: string, asked: ImageChange): Promise<ImageRecord | undefined> => {
      for (;;) {
        const record = await read(imageId);
        if (record.status === 'deleted') return undefined;
        const after = await changeImageRecord(opened.table, record, { change: asked, hasCdn: true });
        if (after) return after;
      }
    };

    it('keep everything else of the record, and write nothing if nothing changes', async () => {
      const record = await created({ metadata: { a: 'b' }, placeholder: 'AAAA' });
      const same = await changeImageRecord(opened.table, record, { change: { visibility: 'public' }, hasCdn: true });
      expect(same).to.equal(record);
      const after = await changeImageRecord(opened.table, record, {
        change: { watermarkFor: 'everyone' },
        hasCdn: true,
      });
      const { changedAt, ...others } = after ?? expect.fail('somebody was faster');
      expect(others).to.deep.equal({ ...record, watermarkFor: 'everyone' });
      expect(Date.parse(changedAt ?? '')).to.be.at.least(Date.now() - 60_000);
      expect(await stored(record.imageId)).to.deep.equal(after);
      expect(await owed(record.imageId)).to.equal(undefined);
    });

    it('remove what is changed to undefined', async () => {
      const record = await created({ moderation: 'rejected', moderationReason: 'blurred' });
      const approved = { moderation: 'approved', moderationReason: undefined } as const;
      expect(await apply(record.imageId, approved)).to.not.have.property('moderationReason');
      expect(await stored(record.imageId)).to.not.have.property('moderationReason');
    });

    it('fail on what was changed since it was read, by any other change, in the same millisecond too', async () => {
      const record = await created();
      const changes = VISIBILITIES.toReversed().flatMap((visibility) =>
        WATERMARK_USES.map((watermarkFor) => ({ visibility, watermarkFor })),
      );
      const seen = [record];
      for (const asked of changes) {
        const after = await changeImageRecord(opened.table, seen.at(-1) as ImageRecord, {
          change: asked,
          hasCdn: true,
        });
        seen.push(after ?? expect.fail('somebody was faster'));
      }
      for (const earlier of seen.slice(0, -1)) {
        const late = { change: { moderation: 'rejected' } as const, hasCdn: true };
        expect(await changeImageRecord(opened.table, earlier, late)).to.equal(undefined);
      }
      const times = seen.slice(1).map(({ changedAt = '' }) => changedAt);
      expect(times).to.deep.equal([...new Set(times)].sort());
    });

    it('all take effect when eight are made at once, one after the other', async function () {
      if (!opened.atomic) this.skip();
      const { imageId } = await created();
      const asked = WATERMARK_USES.flatMap((watermarkFor) =>
        VISIBILITIES.map((visibility): ImageChange => ({ watermarkFor, visibility })),
      );
      const after = await Promise.all(asked.map((each) => apply(imageId, each)));
      const times = after.map((record) => record?.changedAt).filter((time) => time !== undefined);
      const last = await stored(imageId);
      expect(times.toSorted().at(-1)).to.equal(last.changedAt);
      expect(asked).to.deep.include({ watermarkFor: last.watermarkFor, visibility: last.visibility });
    });

    it('meet deletion and new renditions at once: the image is deleted, and what the CDN may have is owed', async function () {
      if (!opened.atomic) this.skip();
      for (let round = 0; round < 10; round += 1) {
        const { imageId } = await created();
        await Promise.all([
          apply(imageId, { visibility: 'private' }),
          apply(imageId, { watermarkFor: 'everyone' }),
          deleteImageRecord(opened.table, imageId, { owesInvalidation: true }),
          addRendition(opened.table, imageId, rendition('between')).catch((error: Error) =>
            expect(error).to.include({ code: 'image_deleted' }),
          ),
          apply(imageId, { visibility: 'public' }),
        ]);
        const { record, renditions } = await readImageItems(opened.table, imageId, { consistent: true });
        expect(record).to.include({ status: 'deleted' }).and.to.not.have.property('changedAt');
        expect(renditions).to.deep.equal([]);
        expect(await owed(imageId)).to.equal('owed_invalidation');
      }
    });

    it('owe nothing where there is no CDN', async () => {
      const record = await created();
      const after = await changeImageRecord(opened.table, record, { change: { visibility: 'private' }, hasCdn: false });
      expect(after && purgeOf(after)).to.equal(undefined);
      expect(await owed(record.imageId)).to.equal(undefined);
    });

    it('leave a purge to the tombstone that the CDN had not accepted when the image was deleted', async () => {
      for (const isAccepted of [false, true]) {
        const { imageId } = await created();
        const after = await apply(imageId, { visibility: 'private' });
        const purge = (after && purgeOf(after)) ?? expect.fail('no purge');
        if (isAccepted) await writeInvalidation(opened.table, purge, 'I1');
        const tombstone = await deleteImageRecord(opened.table, imageId, { owesInvalidation: true });
        expect(tombstone.visibility).to.equal('private');
        expect(purgeOf(tombstone) !== undefined).to.equal(!isAccepted);
        expect(await owed(imageId)).to.equal(isAccepted ? undefined : 'owed_invalidation');
      }
    });

    it('tell of a pending image only when its purge is accepted, and of none that was decided meanwhile', async () => {
      for (const decision of [undefined, 'approved', 'rejected'] as const) {
        const { imageId } = await created();
        const hidden = await apply(imageId, { visibility: 'private' });
        const purge = (hidden && purgeOf(hidden)) ?? expect.fail('no purge');
        await apply(imageId, { visibility: 'public', moderation: 'pending' });
        expect(await owed(imageId), 'the purge first').to.equal('owed_invalidation');
        if (decision) await apply(imageId, { moderation: decision });
        await writeInvalidation(opened.table, purge, 'I1');
        expect(await owed(imageId)).to.equal(decision ? undefined : 'owed_moderation');
      }
    });

    it('owe a purge exactly as long as a CDN may have what it must not, whatever happens in whichever order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const first = await created();
          const seen: ImageRecord[] = [first];
          let mayHave = true;
          for (const each of steps) {
            const record = await read(first.imageId);
            if (record.status === 'deleted') break;
            if (each.is === 'purged') {
              const purge = purgeOf(record);
              if (purge) await writeInvalidation(opened.table, purge, 'I1');
              if (purge) mayHave = false;
            } else if (each.is === 'deleted') {
              await deleteImageRecord(opened.table, first.imageId, { owesInvalidation: true });
            } else {
              const base = each.stale ? (seen.at(-2) ?? first) : record;
              const after = await changeImageRecord(opened.table, base, each);
              if (after && after !== base) seen.push(after);
              mayHave ||= isForEverybody(await stored(first.imageId));
            }
            const now = await read(first.imageId);
            const isOpen = now.status === 'stored' && isForEverybody(now);
            const work = await owed(first.imageId);
            expect(work === 'owed_invalidation', JSON.stringify(now)).to.equal(mayHave && !isOpen);
            const isUntold = now.status === 'stored' && now.moderation === 'pending';
            if (work !== 'owed_invalidation') expect(work).to.equal(isUntold ? 'owed_moderation' : undefined);
          }
        }),
        { numRuns: 60 },
      );
    });

    it('of an image that is not stored any more do nothing', async () => {
      const record = await created();
      await deleteImageRecord(opened.table, record.imageId);
      expect(
        await changeImageRecord(opened.table, record, { change: { visibility: 'private' }, hasCdn: true }),
      ).to.equal(undefined);
      expect(isStored(await readImage(opened.table, record.imageId, { consistent: true }))).to.equal(false);
    });
  });
}
