import { expect } from 'chai';
import { UploadStateFile } from '../../../scripts/upload/upload-state.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

describe('the state of an upload', () => {
  let folder: TemporaryFolder;
  const { XDG_STATE_HOME: earlier } = process.env;
  before(async () => {
    folder = await createTemporaryFolder();
    process.env.XDG_STATE_HOME = folder.path;
  });
  after(async () => {
    if (earlier === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = earlier;
    await folder.remove();
  });

  it('is found by the same upload only: not by one of another caller, or for others to see', async () => {
    const upload = { base: 'http://127.0.0.1:8080', checksumSha256: 'a', renditions: ['thumb'], caller: 'anna' };
    const state = { idempotencyKey: 'one' };
    await new UploadStateFile(upload).write(state);
    expect(await new UploadStateFile(upload).read()).to.deep.equal(state);
    const others = [{ caller: 'bert' }, { caller: undefined }, { visibility: 'public' as const }, { renditions: [] }];
    for (const other of others)
      expect(await new UploadStateFile({ ...upload, ...other }).read(), JSON.stringify(other)).to.equal(undefined);
  });
});
