import { join } from 'node:path';
import { expect } from 'chai';
import { ClassicLevel } from 'classic-level';
import { startEmulators } from '../../../scripts/local/emulators.ts';
import { imagePartition } from '../../../shared/contracts/table.ts';
import { listFailedRenditions } from '../../../shared/storage/failed-renditions.ts';
import { createImage, type ImageTable } from '../../../shared/storage/image-table.ts';
import { provisionTable } from '../../../shared/storage/provisioning.ts';
import { failRendition, startRendition } from '../../../shared/storage/rendition-states.ts';
import { clientsOf, openLocalTable } from '../../support/emulators.ts';
import { imageRecord, rendition } from '../../support/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { describeFailedRenditions } from './failed-renditions.contract.ts';

describeFailedRenditions('dynalite', openLocalTable);

describe('failed renditions after a kill', () => {
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

  /** dynalite writes an index before its item: a kill between the two leaves the item as it was. */
  async function undoItem(imageId: string): Promise<void> {
    const database = new ClassicLevel(join(folder.path, 'dynamodb'));
    const partition = Buffer.from(imagePartition(imageId)).toString('hex');
    for await (const [key, text] of database.iterator({ gte: 'item-', lt: 'item-~' })) {
      if (!key.includes(partition) || !text.includes('"failed"')) continue;
      await database.put(key, text.replace('"failed"', '"processing"'));
    }
    await database.close();
  }

  it('do not include what the index alone calls failed', async () => {
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
    await undoItem(imageId);
    expect((await withTable((table) => listFailedRenditions(table, { limit: 10 }))).failed).to.deep.equal([]);
  });
});
