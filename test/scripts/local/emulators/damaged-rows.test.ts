import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { IMAGE_TABLE, renditionSortKey } from '../../../../shared/contracts/table.ts';
import { recordKey } from '../../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../../shared/storage/table/image-writes.ts';
import { createRandom } from '../../../support/random.ts';
import { withTableIn } from '../../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../../support/storage/image-records.ts';
import { flipped, isRowOf, withRows } from '../../../support/storage/stored-rows.ts';
import { allItems } from '../../../support/storage/table-items.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const tableName = 'images';
const { listIndex } = IMAGE_TABLE;

const withAttribute = (value: Buffer, json: string): string => value.toString().replace(/\}$/, `,"more":${json}}`);
const nested = (depth: number): string => `${'{"L":['.repeat(depth)}${']}'.repeat(depth)}`;

/** What may become of the value of a row. */
const DAMAGES: Record<string, (value: Buffer) => unknown> = {
  'a byte of its JSON is another': (value) => flipped(value, 0, 0).toString(),
  'it is empty': () => '',
  'it is of another type': () => Uint8Array.of(0, 1, 2),
  'it is JSON of something else': () => '["item"]',
  'a value of it has a type that is none': (value) => value.toString().replace('{"N":', '{"M":'),
  'a number of it is none': (value) => value.toString().replace('{"N":"', '{"N":"x'),
  'bytes of it are none': (value) => withAttribute(value, '{"B":"!!!"}'),
  'it is nested deeper than anything may be': (value) => withAttribute(value, nested(33)),
  'it is nested deeper than a stack is high': (value) => withAttribute(value, nested(20_000)),
  'a key of an index is of another type': (value) =>
    value.toString().replace(/("listedAt":\{")S(":"[^"]*")/, '$1N":"1"'),
};

describe('damaged rows of the table on one machine', () => {
  let folder: TemporaryFolder;
  const images = [1, 2, 3, 4].map((second) => imageRecord({ createdAt: `2026-01-02T03:04:0${second}.000Z` }));
  const [damaged, ...others] = images;
  if (!damaged) throw new Error('there are images');

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    await withTable(async (documents) => {
      for (const record of images) await createImage({ documents, tableName }, { record, renditions: [rendition()] });
    });
  });
  afterEach(() => folder.remove());

  const withTable = <Result>(work: (documents: DynamoDBDocumentClient) => Promise<Result>) =>
    withTableIn(folder.path, tableName, work);

  const damage = (inflict: (value: Buffer) => unknown) =>
    withRows(folder.path, (rows, write) => {
      const row = rows.find((each) => isRowOf(damaged.imageId, 'RECORD', each));
      if (!row) throw new Error('the row is there');
      write(row.key, { value: inflict(row.value) });
    });

  const listed = async (documents: DynamoDBDocumentClient, limit = 10) => {
    const { Items = [] } = await documents.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: listIndex.name,
        KeyConditionExpression: `${listIndex.partitionKey} = :owner`,
        ExpressionAttributeValues: { ':owner': damaged.owner },
        Limit: limit,
      }),
    );
    return Items.map(({ imageId }) => imageId);
  };
  const idsOf = (records: typeof images) => records.map(({ imageId }) => imageId);

  for (const [what, inflict] of Object.entries(DAMAGES)) {
    it(`loses only the damaged item, which can be deleted, when ${what}`, async () => {
      damage(inflict);
      await withTable(async (documents) => {
        const items = await allItems({ documents, tableName });
        expect(items).to.have.length(2 * images.length);
        expect(items.filter((item) => Object.keys(item).length === 2)).to.deep.equal([recordKey(damaged.imageId)]);
        expect(await listed(documents)).to.deep.equal(idsOf(others));
        expect(await listed(documents, 2)).to.deep.equal(idsOf(others.slice(0, 2)));
        await documents.send(new DeleteCommand({ TableName: tableName, Key: recordKey(damaged.imageId) }));
        expect(await listed(documents)).to.deep.equal(idsOf(others));
      });
      const left = withRows(folder.path, (rows) => rows.map(({ value }) => value.toString()));
      expect(left.filter((text) => text.includes(damaged.imageId))).to.have.length(1);
    });
  }

  it('restores a row, in the list too, when it is written anew', async () => {
    damage(() => '');
    await withTable(async (documents) => {
      await documents.send(new DeleteCommand({ TableName: tableName, Key: recordKey(damaged.imageId) }));
      await createImage({ documents, tableName }, { record: damaged, renditions: [] });
      expect(await listed(documents)).to.deep.equal(idsOf(images));
      const { Attributes } = await documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { ...recordKey(damaged.imageId), [IMAGE_TABLE.sortKey]: renditionSortKey('thumb') },
          UpdateExpression: 'ADD attempts :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'ALL_NEW',
        }),
      );
      expect(Attributes).to.include({ attempts: 1 });
    });
  });

  it('loses no item when the description of the table is damaged', async () => {
    for (const inflict of [() => '', (value: Buffer) => value.toString().replace('"pk"', '"qk"')]) {
      withRows(folder.path, (rows, write) => {
        for (const { key, value } of rows) if (key.startsWith('table~')) write(key, { value: inflict(value) });
      });
      await withTable(async (documents) => {
        expect(await allItems({ documents, tableName })).to.have.length(2 * images.length);
        expect(await listed(documents)).to.deep.equal(idsOf(images));
      });
    }
  });

  for (const seed of [1, 2, 3]) {
    it(`loses no other row, whatever bits are flipped, with seed ${seed}`, async () => {
      const random = createRandom(seed);
      for (let round = 0; round < 8; round += 1) {
        const before = withRows(folder.path, (rows, write) => {
          const { key, value } = rows[random(0, rows.length - 1)] ?? rows[0] ?? { key: '', value: Buffer.alloc(0) };
          const bytes = Buffer.from(key);
          if (random(0, 3)) write(key, { value: flipped(value, random(0, value.length - 1), random(0, 7)).toString() });
          else write(key, { key: flipped(bytes, random(0, bytes.length - 1), random(0, 7)) });
          return rows;
        });
        await withTable(async (documents) => {
          const items = await allItems({ documents, tableName });
          const whole = items.filter((item) => Object.keys(item).length > 2);
          expect(whole.length, `round ${round}`).to.be.at.least(2 * images.length - round - 1);
          await listed(documents);
          await listed(documents, 1);
        });
        expect(before.length).to.be.above(2 * images.length);
      }
    });
  }
});
