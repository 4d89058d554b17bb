import { cp, mkdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError } from '../../../../scripts/command-line.ts';
import { startDynamoDb } from '../../../../scripts/local/emulators/dynamodb.ts';
import { openKeyValueStore } from '../../../../scripts/local/emulators/sqlite-key-value-store.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const DAMAGES: Record<string, (file: string) => Promise<unknown>> = {
  overwritten: (file) => writeFile(file, Buffer.alloc(5000, 'junk')),
  'cut in half': async (file) => truncate(file, (await stat(file)).size / 2),
  empty: (file) => truncate(file, 0),
  gone: (file) => rm(file),
};

describe('the table of one machine that was killed', () => {
  let folder: TemporaryFolder;
  let killed: string;
  before(async () => {
    folder = await createTemporaryFolder();
    killed = join(folder.path, 'killed');
    await mkdir(join(folder.path, 'running'));
    const entries = openKeyValueStore(join(folder.path, 'running/table.db'));
    const write = async (from: number) => {
      for (let key = from; key < from + 100; key += 1)
        entries.set(`item-images~${key}`, JSON.stringify('a'.repeat(20_000)));
      await new Promise((resolve) => entries.whenCommitted(resolve));
    };
    // More than its log takes before it is written into the file, and something that is in the log only.
    for (let from = 0; from < 300; from += 100) await write(from);
    await cp(join(folder.path, 'running'), join(killed, 'dynamodb'), { recursive: true });
    entries.close();
  });
  after(() => folder.remove());

  it('consists of a file and a log', async () => {
    for (const name of ['table.db', 'table.db-wal'])
      expect((await stat(join(killed, 'dynamodb', name))).size, name).to.be.above(100_000);
  });

  for (const [what, inflict] of Object.entries(DAMAGES)) {
    it(`is said to be damaged when it is ${what}`, async () => {
      const data = join(folder.path, what);
      await cp(killed, data, { recursive: true });
      await inflict(join(data, 'dynamodb/table.db'));
      const error = await rejectionOf(startDynamoDb({ port: 0, folder: data, accessKeyId: 'a' }));
      expect(error).to.be.instanceOf(CommandError);
      expect((error as Error).message).to.match(/table\.db is (damaged|empty or gone)/);
      expect((error as Error).message).to.include(`Then npm run verify -- --data ${data} tells `);
      expect((error as Error).message).to.include(` and npm run verify -- --data ${data} --adopt makes `);
      expect((await stat(join(data, 'dynamodb/table.db-wal'))).size).to.be.above(100_000);
    });
  }
});
