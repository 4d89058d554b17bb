import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { startWithImages, stopStart, type Uploaded } from '../support/storage/stored-data.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

describe('npm start on a folder in use whose lock was removed', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let data: string;
  let first: StartProcess;
  let images: Uploaded[];
  let url: string;

  before(async () => {
    folder = await createTemporaryFolder();
    data = join(folder.path, 'data');
    ({ start: first, images } = await startWithImages(data, 1));
    url = await first.ready();
    await writeFile(join(data, 'object-store/incoming/half'), 'half');
  });
  after(async () => {
    await stopStart(first);
    await folder.remove();
  });

  const startSecond = async () => {
    await rm(join(data, 'lock'), { force: true });
    const second = spawnStart('--port', '0', '--data', data);
    expect(await second.ended(60_000)).to.equal(1);
    expect(await readFile(join(data, 'object-store/incoming/half'), 'utf8')).to.equal('half');
    const { status } = await fetch(`${url}/v1/images/${images[0]?.imageId}`);
    expect(status).to.equal(200);
    return second.stderr();
  };

  it('says in one sentence that the folder is in use, and changes nothing there', async () => {
    const settings = await readFile(join(data, 'settings.json'), 'utf8');
    expect(await startSecond()).to.match(
      /^The data folder \S+ is in use by another npm start or npm run verify\. .*\n$/,
    );
    expect(await readFile(join(data, 'settings.json'), 'utf8')).to.equal(settings);
  });

  it('names the file that another process has open, without a stack trace, where settings are missing too', async () => {
    await rm(join(data, 'settings.json'));
    const said = await startSecond();
    expect(said).to.match(/table\.db is locked by another process/);
    expect(said).to.not.match(/^ +at /m);
  });
});
