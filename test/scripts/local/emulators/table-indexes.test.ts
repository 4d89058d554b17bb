import { CreateTableCommand, DescribeTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { startEmulators } from '../../../../scripts/local/emulators/emulators.ts';
import { IMAGE_TABLE } from '../../../../shared/contracts/table.ts';
import { provisionTable, TABLE_DEFINITION } from '../../../../shared/storage/provisioning.ts';
import { listFailedRenditions } from '../../../../shared/storage/table/failed-renditions.ts';
import { listImageRecords } from '../../../../shared/storage/table/image-list.ts';
import { readImage } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { failRendition, requeueRendition, startRendition } from '../../../../shared/storage/table/rendition-states.ts';
import { clientsOf } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition, renditionRequest } from '../../../support/storage/image-records.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const TableName = 'images';

/** The table as it was before failed renditions had an index. */
const EARLIER = {
  ...TABLE_DEFINITION,
  AttributeDefinitions: TABLE_DEFINITION.AttributeDefinitions.slice(0, 4),
  GlobalSecondaryIndexes: TABLE_DEFINITION.GlobalSecondaryIndexes.slice(0, 1),
};

describe('the table of an earlier version', () => {
  let folder: TemporaryFolder;
  const record = imageRecord();
  const failed = rendition('thumb', { status: 'failed', attempts: 3 });

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    await withDatabase(async (documents) => {
      await documents.send(new CreateTableCommand({ TableName, ...EARLIER }));
      await waitUntilTableExists({ client: documents, maxWaitTime: 10, minDelay: 0.1, maxDelay: 1 }, { TableName });
      await createImage({ documents, tableName: TableName }, { record, renditions: [failed, rendition('card')] });
    });
  });
  afterEach(() => folder.remove());

  async function withDatabase<Result>(work: (documents: DynamoDBDocumentClient) => Promise<Result>): Promise<Result> {
    const emulators = await startEmulators(folder.path);
    const { documents } = clientsOf(emulators);
    try {
      return await work(documents);
    } finally {
      documents.destroy();
      await emulators.stop();
    }
  }

  it('keeps its images and finds what fails from now on', async () => {
    await withDatabase(async (documents) => {
      await provisionTable(documents, TableName);
      const table = { documents, tableName: TableName };
      const image = { record, renditions: [failed, rendition('card')] };
      const read = await readImage(table, record.imageId, { consistent: true });
      expect(read?.record).to.deep.equal(image.record);
      expect(read?.renditions).to.have.deep.members(image.renditions);
      expect((await listImageRecords(table, { owner: record.owner, limit: 10 })).records).to.deep.equal([record]);

      const card = { imageId: record.imageId, name: 'card' };
      await startRendition(table, card);
      await failRendition(table, card, { code: 'processing_failed', detail: 'It failed.' });
      const found = await listFailedRenditions(table, { limit: 10 });
      expect(found.failed.map(({ rendition }) => rendition.name)).to.deep.equal(['card']);
      // Failed before there was the index: not found, but asked for again as ever.
      const thumb = { imageId: record.imageId, name: 'thumb' };
      expect(await requeueRendition(table, thumb, renditionRequest())).to.include({ status: 'queued' });
    });
  });

  it('has the indexes that a new one has, from its first start on', async () => {
    const indexesOf = async (documents: DynamoDBDocumentClient, name: string) => {
      const { Table } = await documents.send(new DescribeTableCommand({ TableName: name }));
      return Table?.GlobalSecondaryIndexes?.map(({ IndexArn: _arn, ...index }) => index);
    };
    for (let start = 1; start <= 2; start += 1) {
      await withDatabase(async (documents) => {
        await provisionTable(documents, 'brand-new');
        const indexes = await indexesOf(documents, TableName);
        expect(indexes).to.deep.equal(await indexesOf(documents, 'brand-new'));
        expect(indexes?.map(({ IndexName }) => IndexName)).to.include(IMAGE_TABLE.failureIndex.name);
      });
    }
  });
});
