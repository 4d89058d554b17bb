import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError } from '../../../../scripts/command-line.ts';
import { linkKeysFile, readOrCreateLinkKeys } from '../../../../scripts/local/data-folder/link-keys.ts';
import { ENVIRONMENT } from '../../../../shared/contracts/environment.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

describe('link keys on one machine', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  it('creates the keys once, readable by this user only', async () => {
    const made = await readOrCreateLinkKeys(folder.path);
    expect(ENVIRONMENT.LINK_KEYS.validate(made).error).to.equal(undefined);
    expect(await readdir(folder.path)).to.deep.equal(['link-keys']);
    expect((await stat(linkKeysFile(folder.path))).mode & 0o777).to.equal(0o600);
    expect(await readOrCreateLinkKeys(folder.path)).to.equal(made);
  });

  it('creates other keys in another folder', async () => {
    const other = await createTemporaryFolder();
    try {
      expect(await readOrCreateLinkKeys(folder.path)).to.not.equal(await readOrCreateLinkKeys(other.path));
    } finally {
      await other.remove();
    }
  });

  it('uses the keys that somebody has put there', async () => {
    const keys = `new:${'n'.repeat(32)},old:${'o'.repeat(32)}`;
    await writeFile(linkKeysFile(folder.path), `${keys}\n`);
    expect(await readOrCreateLinkKeys(folder.path)).to.equal(keys);
  });

  it('creates keys beside the leftovers of a start that was killed', async () => {
    await writeFile(join(folder.path, 'link-keys.new'), 'local:abc', { mode: 0o644 });
    const made = await readOrCreateLinkKeys(folder.path);
    expect((await readFile(linkKeysFile(folder.path), 'utf8')).trim()).to.equal(made);
    expect((await stat(linkKeysFile(folder.path))).mode & 0o777).to.equal(0o600);
  });

  for (const damaged of ['', 'local', `local:${'s'.repeat(31)}`, '\0'.repeat(60)]) {
    it(`are not replaced unasked where ${JSON.stringify(damaged.slice(0, 10))} is in their place, which is not told`, async () => {
      await writeFile(linkKeysFile(folder.path), damaged);
      const error = await rejectionOf(readOrCreateLinkKeys(folder.path));
      expect(error).to.be.instanceOf(CommandError);
      expect(String(error)).to.include(linkKeysFile(folder.path)).and.not.include('sss');
      expect(await readFile(linkKeysFile(folder.path), 'utf8')).to.equal(damaged);
    });
  }

  it('says in one sentence that the keys cannot be kept', async () => {
    await mkdir(linkKeysFile(folder.path));
    expect(String(await rejectionOf(readOrCreateLinkKeys(folder.path)))).to.match(
      /link-keys, cannot be kept: EISDIR\.$/,
    );
    const error = await rejectionOf(readOrCreateLinkKeys(join(folder.path, 'nowhere')));
    expect(error).to.be.instanceOf(CommandError);
    expect(String(error)).to.match(/nowhere\/link-keys, cannot be kept: ENOENT\.$/);
  });
});
