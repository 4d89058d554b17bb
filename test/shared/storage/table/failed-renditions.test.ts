import { join } from 'node:path';
import { expect } from 'chai';
import { startEmulators } from '../../../../scripts/local/emulators/emulators.ts';
import { openKeyValueStore } from '../../../../scripts/local/emulators/sqlite-key-value-store.ts';
import { imagePartition } from '../../../../shared/contracts/table.ts';
import { provisionTable } from '../../../../shared/storage/provisioning.ts';
import { listFailedRenditions } from '../../../../shared/storage/table/failed-renditions.ts';
import type { ImageTable } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { failRendition, startRendition } from '../../../../shared/storage/table/rendition-states.ts';
import { clientsOf, openLocalTable } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';
import { describeFailedRenditions } from './failed-renditions.contract.ts';

describeFailedRenditions('dynalite', openLocalTable);

describe('failed renditions with a stale index', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  async function withTable<Result>(work: (table: ImageTable) => Promise<Result>): Promise<Result> {
    const emulators = await startEmulators(folder.path);
    const { documents } = clientsOf(emulators);
    try {
      await provisionTable(documents, 'images');
      return await work({ documents, tableName: 'images' });
    } finally {
      documents.destroy();
      await emulators.stop();
    }
  }

  /** An index is eventually consistent: it may call failed what is asked for again by now. */
  function undoItem(imageId: string): void {
    const entries = openKeyValueStore(join(folder.path, 'dynamodb', 'table.db'));
    const partition = Buffer.from(imagePartition(imageId)).toString('hex');
    for (const [key, text] of entries.within({ above: 'item-', below: 'item-~' })) {
      if (!key.includes(partition) || !text.includes('"failed"')) continue;
      entries.set(key, text.replace('"failed"', '"processing"'));
    }
    entries.close();
  }

  it('leaves out renditions that only the index calls failed', async () => {
    const { imageId } = await withTable(async (table) => {
      const record = imageRecord();
      await createImage(table, { record, renditions: [rendition()] });
      await startRendition(table, { imageId: record.imageId, name: 'thumb' });
      await failRendition(
        table,
        { imageId: record.imageId, name: 'thumb' },
        { code: 'processing_failed', detail: 'It failed.' },
      );
      expect((await listFailedRenditions(table, { limit: 10 })).failed).to.have.lengthOf(1);
      return record;
    });
    undoItem(imageId);
    expect((await withTable((table) => listFailedRenditions(table, { limit: 10 }))).failed).to.deep.equal([]);
  });
});
