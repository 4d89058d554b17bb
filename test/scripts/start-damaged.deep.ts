import { cp, mkdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { spawnStart } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const JUNK = Buffer.alloc(5000, 'junk');

/** Damage to the data folder, and what npm start says about it. */
const DAMAGES: Record<string, [inflict: (data: string) => Promise<unknown>, says: RegExp]> = {
  'a table that is no database': [(data) => writeFile(join(data, 'dynamodb/table.db'), JUNK), /table\.db is damaged/],
  'half a table': [
    async (data) => {
      const path = join(data, 'dynamodb/table.db');
      await truncate(path, (await stat(path)).size / 2);
    },
    /table\.db is damaged/,
  ],
  'a folder where the table belongs': [
    (data) => replaceByFolder(join(data, 'dynamodb/table.db')),
    /table\.db cannot be read and written/,
  ],
  'a queue that is no database': [(data) => writeFile(join(data, 'sqs/fauxqs.db'), JUNK), /fauxqs\.db is damaged/],
  'a folder where the queue belongs': [
    (data) => replaceByFolder(join(data, 'sqs/fauxqs.db')),
    /fauxqs\.db cannot be read and written/,
  ],
  'a lock that is no database': [(data) => writeFile(join(data, 'lock'), JUNK), /lock is damaged/],
  ...Object.fromEntries(
    ['object-store', 'object-store/objects', 'dynamodb', 'sqs'].map((name) => [
      `a file where the folder ${name} belongs`,
      [
        async (data: string) => {
          await rm(join(data, name), { recursive: true });
          await writeFile(join(data, name), '');
        },
        new RegExp(`/${name} is no folder, and has to be one\\. Move what is there away`),
      ] as const,
    ]),
  ),
};

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}

describe('npm start on a damaged folder', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let good: string;

  before(async () => {
    folder = await createTemporaryFolder();
    good = join(folder.path, 'good');
    const process = spawnStart('--port', '0', '--data', good, '--log', 'warn');
    await process.ready();
    process.child.kill('SIGTERM');
    await process.ended(20_000);
  });
  after(() => folder.remove());

  for (const [what, [inflict, says]] of Object.entries(DAMAGES)) {
    it(`says in one sentence which file is wrong, why, and what to do: ${what}`, async () => {
      const data = join(folder.path, what.replaceAll(' ', '-'));
      await cp(good, data, { recursive: true });
      await inflict(data);
      const process = spawnStart('--port', '0', '--data', data, '--log', 'warn');
      expect(await process.ended(30_000)).to.equal(1);
      const [sentence = '', ...more] = process.stderr().trim().split('\n');
      expect(sentence).to.match(says);
      // A part with its own process also prints the sentence that names it.
      expect(more.filter((line) => !/^\w+ did not start; its reason stands above\.$/.test(line))).to.deep.equal([]);
    });
  }

  it('starts without the objects of a table, and says that they are missing', async () => {
    const data = join(folder.path, 'without-store');
    await cp(good, data, { recursive: true });
    await rm(join(data, 'object-store'), { recursive: true });
    const process = spawnStart('--port', '0', '--data', data, '--log', 'warn');
    await process.ready();
    expect(process.stdout()).to.match(/^There is a table and no \S+objects: an empty store is made\./m);
    process.child.kill('SIGTERM');
    await process.ended(20_000);
  });
});
