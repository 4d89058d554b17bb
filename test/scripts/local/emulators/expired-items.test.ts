import { join } from 'node:path';
import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { dynaliteStore } from '../../../../scripts/local/emulators/dynalite-store.ts';
import { removeExpiredItems } from '../../../../scripts/local/emulators/expired-items.ts';
import { openKeyValueStore } from '../../../../scripts/local/emulators/sqlite-key-value-store.ts';
import { IMAGE_TABLE } from '../../../../shared/contracts/table.ts';
import { listImageRecords } from '../../../../shared/storage/table/image-list.ts';
import { readImage } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { withTableIn } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const TableName = 'images';
const { listIndex, timeToLiveAttribute } = IMAGE_TABLE;
const NOW = Date.UTC(2026, 5, 1);
const SECONDS = NOW / 1000;

describe('expired items of the table on one machine', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const withTable = <Result>(work: (documents: DynamoDBDocumentClient) => Promise<Result>) =>
    withTableIn(folder.path, TableName, work);

  async function removeExpired(now: number, signal?: AbortSignal): Promise<number> {
    const entries = openKeyValueStore(join(folder.path, 'dynamodb', 'table.db'));
    const fail = (error: Error) => {
      throw error;
    };
    try {
      return await removeExpiredItems(
        { store: dynaliteStore(entries, fail), entries },
        { now, ...(signal && { signal }) },
      );
    } finally {
      entries.close();
    }
  }

  const put = (documents: DynamoDBDocumentClient, Item: Record<string, unknown>) =>
    documents.send(new PutCommand({ TableName, Item }));
  const namesIn = async (documents: DynamoDBDocumentClient, IndexName?: string) => {
    const { Items = [] } = await documents.send(new ScanCommand({ TableName, IndexName, ConsistentRead: !IndexName }));
    return Items.map(({ pk }) => pk);
  };

  it('removes expired items, from the indexes too, and nothing else', async () => {
    const record = imageRecord();
    const listed = { [listIndex.partitionKey]: 'local', [listIndex.sortKey]: '2026' };
    await withTable(async (documents) => {
      await createImage({ documents, tableName: TableName }, { record, renditions: [rendition()] });
      await put(documents, { pk: 'over', sk: 'A', [timeToLiveAttribute]: SECONDS - 1, ...listed });
      await put(documents, { pk: 'not-yet', sk: 'A', [timeToLiveAttribute]: SECONDS + 1 });
      await put(documents, { pk: 'no-number', sk: 'A', [timeToLiveAttribute]: String(SECONDS - 1) });
      await put(documents, { pk: 'only-says-so', sk: 'A', text: `${timeToLiveAttribute} ${SECONDS - 1}` });
    });

    expect(await removeExpired(NOW)).to.equal(1);
    expect(await removeExpired(NOW)).to.equal(0);
    await withTable(async (documents) => {
      const image = `IMAGE#${record.imageId}`;
      expect(await namesIn(documents)).to.have.members([image, image, 'not-yet', 'no-number', 'only-says-so']);
      expect(await namesIn(documents, listIndex.name)).to.deep.equal([image]);
      const table = { documents, tableName: TableName };
      expect((await listImageRecords(table, { owner: record.owner, limit: 10 })).records).to.deep.equal([record]);
      expect((await readImage(table, record.imageId, { consistent: true }))?.renditions).to.have.length(1);
    });
  });

  it('removes any number of expired items, and stops when asked to', async () => {
    await withTable(async (documents) => {
      const items = Array.from({ length: 300 }, (_, index) => ({
        pk: `P${index}`,
        sk: 'A',
        [timeToLiveAttribute]: index,
      }));
      await Promise.all(items.map((item) => put(documents, item)));
    });
    expect(await removeExpired(NOW, AbortSignal.abort())).to.equal(0);
    expect(await removeExpired(100_000)).to.equal(100);
    expect(await removeExpired(NOW)).to.equal(200);
    await withTable(async (documents) => expect(await namesIn(documents)).to.deep.equal([]));
  });
});
