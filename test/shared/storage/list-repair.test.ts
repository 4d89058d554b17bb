import { join } from 'node:path';
import { expect } from 'chai';
import { ClassicLevel } from 'classic-level';
import { startEmulators } from '../../../scripts/local/emulators.ts';
import { imagePartition } from '../../../shared/contracts/table.ts';
import { listImages } from '../../../shared/storage/image-list.ts';
import { createImage, type ImageTable, readImage } from '../../../shared/storage/image-table.ts';
import { repairList } from '../../../shared/storage/list-repair.ts';
import { provisionTable } from '../../../shared/storage/provisioning.ts';
import { clientsOf } from '../../support/emulators.ts';
import { imageRecord, rendition } from '../../support/image-records.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const LISTED = { owner: 'local', limit: 100 };
const listed = async (table: ImageTable) => (await listImages(table, LISTED)).records.map(({ imageId }) => imageId);

/** Does to a database what a kill between dynalite's two writes does: the index has the record, the items have not. */
async function loseItem(folder: string, imageId: string): Promise<void> {
  const database = new ClassicLevel(join(folder, 'dynamodb'));
  const partition = Buffer.from(imagePartition(imageId)).toString('hex');
  const keys = (await database.keys().all()).filter((key) => key.startsWith('item-') && key.includes(partition));
  expect(keys).to.have.lengthOf(1);
  await database.batch(keys.map((key) => ({ type: 'del', key })));
  await database.close();
}

describe('repairing the list', () => {
  it('takes off what is not there and leaves what is', async () => {
    const folder = await createTemporaryFolder();
    const open = async () => {
      const emulators = await startEmulators(folder.path);
      const table: ImageTable = { documents: clientsOf(emulators).documents, tableName: 'images' };
      await provisionTable(table.documents, table.tableName);
      return { table, stop: () => emulators.stop() };
    };
    const [kept, lost] = [imageRecord(), imageRecord()];
    const before = await open();
    await createImage(before.table, { record: kept, renditions: [rendition()] });
    await createImage(before.table, { record: lost, renditions: [] });
    await before.stop();
    await loseItem(folder.path, lost.imageId);

    const { table, stop } = await open();
    try {
      expect(await listed(table)).to.have.members([kept.imageId, lost.imageId]);
      await repairList(table, LISTED.owner);
      expect(await listed(table)).to.deep.equal([kept.imageId]);
      const image = await readImage(table, kept.imageId, { consistent: true });
      expect(image).to.deep.equal({ record: kept, renditions: [rendition()] });
    } finally {
      await stop();
      await folder.remove();
    }
  });
});
