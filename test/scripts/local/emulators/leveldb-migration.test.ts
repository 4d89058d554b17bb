import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { startEmulators } from '../../../../scripts/local/emulators/emulators.ts';
import { imagePartition } from '../../../../shared/contracts/table.ts';
import { provisionTable } from '../../../../shared/storage/provisioning.ts';
import { listImageRecords } from '../../../../shared/storage/table/image-list.ts';
import { type ImageTable, readImage } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { clientsOf } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

/** The table as the version before had it: dynalite's own, on LevelDB. */
async function startEarlier(folder: string): Promise<{ dynamoDbEndpoint: string; stop(): Promise<void> }> {
  const path = join(folder, 'dynamodb');
  await mkdir(path, { recursive: true });
  const server: Server = dynalite({ path } as object).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return promisify(server.close.bind(server))();
  };
  return { dynamoDbEndpoint: `http://127.0.0.1:${port}`, stop };
}

const tableAt = async (dynamoDbEndpoint: string): Promise<ImageTable> => {
  const { documents } = clientsOf({ dynamoDbEndpoint, sqsEndpoint: 'http://127.0.0.1:1' });
  await provisionTable(documents, 'images');
  return { documents, tableName: 'images' };
};

/** Does to LevelDB what a kill between dynalite's two writes does: the index has the record, the items have not. */
async function loseItem(folder: string, imageId: string): Promise<void> {
  const database = new ClassicLevel(join(folder, 'dynamodb'));
  const partition = Buffer.from(imagePartition(imageId)).toString('hex');
  const keys = (await database.keys().all()).filter((key) => key.startsWith('item-') && key.includes(partition));
  expect(keys).to.have.lengthOf(1);
  await database.batch(keys.map((key) => ({ type: 'del', key })));
  await database.close();
}

describe('a table that an earlier version kept in LevelDB', () => {
  let folder: TemporaryFolder;
  const images = Array.from({ length: 150 }, () => imageRecord());
  const lost = imageRecord();

  before(async () => {
    folder = await createTemporaryFolder();
    const earlier = await startEarlier(folder.path);
    const table = await tableAt(earlier.dynamoDbEndpoint);
    for (const record of images) await createImage(table, { record, renditions: [rendition()] });
    await createImage(table, { record: lost, renditions: [] });
    await earlier.stop();
    await loseItem(folder.path, lost.imageId);
  });
  after(() => folder.remove());

  for (const start of ['the first', 'the second']) {
    it(`is there at ${start} start, without what a kill left in an index, and nothing of LevelDB stays`, async () => {
      const emulators = await startEmulators(folder.path);
      try {
        const table = await tableAt(emulators.dynamoDbEndpoint);
        const ids: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listImageRecords(table, { owner: lost.owner, limit: 100, cursor });
          ids.push(...page.records.map(({ imageId }) => imageId));
          cursor = page.nextCursor;
        } while (cursor);
        expect(ids).to.have.members(images.map(({ imageId }) => imageId));
        for (const record of images.slice(0, 5)) {
          const read = await readImage(table, record.imageId, { consistent: true });
          expect(read).to.deep.equal({ record, renditions: [rendition()] });
        }
        expect(await readdir(join(folder.path, 'dynamodb'))).to.have.members(['table.db', 'table.db-wal']);
      } finally {
        await emulators.stop();
      }
    });
  }
});
