import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { listFiles } from '../../../shared/storage/file-listing.ts';
import { createRandom } from '../../support/random.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

describe('a list of files', () => {
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

  it('is the same however few names are in memory at once', async () => {
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

  it('has an object once that is there whole and in parts, and one in parts by its own name', async () => {
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
