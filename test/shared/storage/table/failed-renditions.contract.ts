import { expect } from 'chai';
import type { ErrorCode } from '../../../../shared/domain/errors.ts';
import { listFailedRenditions } from '../../../../shared/storage/table/failed-renditions.ts';
import { deleteImageRecord } from '../../../../shared/storage/table/image-deletion.ts';
import { type ImageTable, readImage } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import {
  failRendition,
  finishRendition,
  requeueRendition,
  startRendition,
} from '../../../../shared/storage/table/rendition-states.ts';
import { eventually } from '../../../support/eventually.ts';
import type { OpenedTable } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition, renditionRequest } from '../../../support/storage/image-records.ts';

const FACTS = { key: 'k', contentType: 'image/webp', contentLength: 1, checksumSha256: 'c', width: 1, height: 1 };

/** What finding failed renditions keeps to on any DynamoDB endpoint. `open` is called once; each test has a code of its own. */
export function describeFailedRenditions(label: string, open: () => Promise<OpenedTable>): void {
  describe(`failed renditions: ${label}`, () => {
    let opened: OpenedTable;

    before(async () => {
      opened = await open();
    });

    after(() => opened?.close());

    const table = (): ImageTable => opened.table;

    /** Stores an image and lets its renditions fail, one after the other. */
    async function fail(code: ErrorCode, ...names: string[]): Promise<string> {
      const record = imageRecord();
      await createImage(table(), { record, renditions: names.map((name) => rendition(name)) });
      for (const name of names) {
        await startRendition(table(), { imageId: record.imageId, name });
        await failRendition(table(), { imageId: record.imageId, name }, { code, detail: `${name} failed` });
      }
      return record.imageId;
    }
    const listed = async (code?: ErrorCode, limit = 1000) =>
      (await listFailedRenditions(table(), { code, limit })).failed.map(({ imageId, rendition }) => [
        imageId,
        rendition.name,
      ]);
    const eventuallyListed = (code: ErrorCode, count: number) =>
      eventually('the index', async () => {
        const names = await listed(code);
        return names.length === count && names;
      });

    it('finds failed renditions with all attributes of their records, and none of the index', async () => {
      const imageId = await fail('image_unreadable', 'thumb');
      await eventuallyListed('image_unreadable', 1);
      const { failed, isTruncated } = await listFailedRenditions(table(), { code: 'image_unreadable', limit: 1 });
      const image = await readImage(table(), imageId, { consistent: true });
      expect(failed).to.deep.equal([{ imageId, rendition: image?.renditions[0] }]);
      expect(failed[0]?.rendition).to.deep.equal({
        ...rendition('thumb', { status: 'failed', attempts: 1 }),
        failure: { code: 'image_unreadable', detail: 'thumb failed' },
        updatedAt: failed[0]?.rendition.updatedAt,
      });
      expect(isTruncated).to.equal(false);
    });

    it('finds the newest first, by code and over all codes, and says when the list is truncated', async () => {
      const first = await fail('too_many_pixels', 'a', 'b');
      const second = await fail('output_too_large', 'c');
      const third = await fail('too_many_pixels', 'd');
      await eventuallyListed('output_too_large', 1);
      expect(await eventuallyListed('too_many_pixels', 3)).to.deep.equal([
        [third, 'd'],
        [first, 'b'],
        [first, 'a'],
      ]);
      expect((await listed()).slice(0, 4)).to.deep.equal([
        [third, 'd'],
        [second, 'c'],
        [first, 'b'],
        [first, 'a'],
      ]);
      const { failed, isTruncated } = await listFailedRenditions(table(), { code: 'too_many_pixels', limit: 2 });
      expect(failed.map(({ rendition }) => rendition.name)).to.deep.equal(['d', 'b']);
      expect(isTruncated).to.equal(true);
    });

    it('finds more than one request reads if there is no limit', async () => {
      const names = Array.from({ length: 101 }, (_, index) => `r${index}`);
      const imageId = await fail('watermark_not_found', ...names);
      await eventuallyListed('watermark_not_found', 101);
      expect(await listed('watermark_not_found', Number.POSITIVE_INFINITY)).to.deep.equal(
        names.map((name) => [imageId, name]).toReversed(),
      );
    });

    it('no longer finds renditions that are requeued or succeed, and finds them again when they fail', async () => {
      const imageId = await fail('watermark_unreadable', 'thumb');
      const thumb = { imageId, name: 'thumb' };
      await eventuallyListed('watermark_unreadable', 1);
      const queued = await requeueRendition(table(), thumb, renditionRequest());
      expect(queued).to.not.have.any.keys('failure', 'failedFor', 'failedAt');
      await eventuallyListed('watermark_unreadable', 0);
      await startRendition(table(), thumb);
      await failRendition(table(), thumb, { code: 'watermark_unreadable', detail: 'again' });
      await eventuallyListed('watermark_unreadable', 1);
      await requeueRendition(table(), thumb, renditionRequest());
      await startRendition(table(), thumb);
      await finishRendition(table(), thumb, FACTS);
      await eventuallyListed('watermark_unreadable', 0);
    });

    it('no longer finds renditions whose image is deleted', async () => {
      const imageId = await fail('object_missing', 'a', 'b');
      await eventuallyListed('object_missing', 2);
      await deleteImageRecord(table(), imageId);
      await eventuallyListed('object_missing', 0);
    });

    it('finds none if nothing failed with that code', async () => {
      expect(await listFailedRenditions(table(), { code: 'forbidden', limit: 10 })).to.deep.equal({
        failed: [],
        isTruncated: false,
      });
    });
  });
}
