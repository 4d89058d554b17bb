import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { listFiles } from '../../../../shared/storage/objects/file-listing.ts';
import { createRandom } from '../../../support/random.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

describe('listFiles', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const listed = async (page: number, after = '') => {
    const found = [];
    for await (const { key } of listFiles({ folder: folder.path, prefix: 'a/', after, page })) found.push(key);
    return found;
  };

  it('lists the same however few names are in memory at once', async () => {
    const random = createRandom(3);
    const keys = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const isDeep = random(0, 2) === 0;
      keys.add(`a/${isDeep ? `folder-${random(0, 5)}/` : ''}${random(0, 10_000)}`);
    }
    for (const key of keys) {
      await mkdir(join(folder.path, key, '..'), { recursive: true });
      await writeFile(join(folder.path, key), '');
    }
    const sorted = [...keys].sort();
    for (const page of [1, 2, 7, 1000]) {
      expect(await listed(page)).to.deep.equal(sorted);
      for (const after of sorted) expect(await listed(page, after)).to.deep.equal(sorted.filter((key) => key > after));
    }
  });

  it('follows links to folders, as reads do, but no cycles', async () => {
    const put = async (key: string) => {
      await mkdir(join(folder.path, key, '..'), { recursive: true });
      await writeFile(join(folder.path, key), '12345');
    };
    for (const key of ['a/own/1', 'elsewhere/2', 'parts/00001-5', 'b/3']) await put(key);
    const links = {
      ...{ 'a/linked': 'elsewhere', 'a/made.parts': 'parts', 'a/other': 'b', 'a/broken.parts': 'nothing' },
      ...{ 'a/same': 'a/own', 'a/round': 'a', 'a/above': '.', 'elsewhere/round': 'elsewhere', 'elsewhere/back': 'a' },
    };
    for (const [link, target] of Object.entries(links)) {
      await symlink(join(folder.path, target), join(folder.path, link));
    }
    const expected = ['a/linked/2', 'a/made', 'a/other/3', 'a/own/1'];
    for (const page of [1, 2, 1000]) {
      expect(await listed(page)).to.deep.equal(expected);
      expect(await listed(page, 'a/linked/2')).to.deep.equal(expected.slice(1));
    }
  });

  it('lists an object that exists both whole and in parts once, and one in parts by its own name', async () => {
    for (const name of ['a/both.parts', 'a/parts.parts']) {
      await mkdir(join(folder.path, name), { recursive: true });
      await writeFile(join(folder.path, name, '00001-5'), '12345');
      await writeFile(join(folder.path, name, '00002-2'), '67');
    }
    await writeFile(join(folder.path, 'a/both'), 'whole');
    const found = [];
    for await (const { key, contentLength } of listFiles({ folder: folder.path, prefix: 'a/', after: '' })) {
      found.push([key, contentLength]);
    }
    expect(found).to.deep.equal([
      ['a/both', 5],
      ['a/parts', 7],
    ]);
  });
});
