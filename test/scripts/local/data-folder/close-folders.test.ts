import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { closeFolders } from '../../../../scripts/local/data-folder/close-folders.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

describe('closing the folders of a data folder', () => {
  let folder: TemporaryFolder;
  let data: string;
  before(async () => {
    folder = await createTemporaryFolder();
    data = join(folder.path, 'data');
    for (const name of ['data/dynamodb', 'data/others', 'elsewhere'])
      await mkdir(join(folder.path, name), { recursive: true });
    await symlink(join(folder.path, 'elsewhere'), join(data, 'object-store'));
    await writeFile(join(data, 'sqs'), 'no folder');
    for (const name of ['data', 'data/dynamodb', 'data/others', 'elsewhere'])
      await chmod(join(folder.path, name), 0o755);
    expect(closeFolders(data)).to.deep.equal([]);
  });
  after(() => folder.remove());

  const modeOf = async (name: string) => ((await stat(join(folder.path, name))).mode & 0o777).toString(8);

  it('leaves folders of the service to their user, also at the end of a link', async () => {
    expect(await modeOf('data/dynamodb')).to.equal('700');
    expect(await modeOf('elsewhere')).to.equal('700');
  });

  it('leaves the data folder itself and what is not of the service as they are', async () => {
    expect(await modeOf('data')).to.equal('755');
    expect(await modeOf('data/others')).to.equal('755');
    expect(await readFile(join(data, 'sqs'), 'utf8')).to.equal('no folder');
  });
});
