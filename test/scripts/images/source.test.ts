import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { browsable, checkOut } from '../../../scripts/images/source.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

describe('the source of an image', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  it('is a commit, with its time and version and the modes that git knows', async () => {
    const source = await checkOut('HEAD', join(folder.path, 'source'));
    const shown = execFileSync('git', ['show', '--no-patch', '--format=%H %ct', 'HEAD']).toString().trim();
    expect(`${source.revision} ${source.timestamp}`).to.equal(shown);
    const manifest = JSON.parse(readFileSync(join(source.folder, 'package.json'), 'utf8'));
    expect(source.version).to.equal(manifest.version);
    expect(readdirSync(source.folder)).to.include.members(['shared', 'containers', '.dockerignore']);
    const modes = ['shared', 'package.json'].map((path) => statSync(join(source.folder, path)).mode & 0o777);
    expect(modes).to.deep.equal([0o755, 0o644]);
  });

  it('is refused where there is no such commit', async () => {
    const message = String(await rejectionOf(checkOut('no-such-branch', join(folder.path, 'none'))));
    expect(message).to.include('There is no commit no-such-branch').and.include('git fetch --unshallow');
  });

  const REMOTES: [remote: string, url: string][] = [
    ['https://github.com/owner/name.git', 'https://github.com/owner/name'],
    ['https://github.com/owner/name', 'https://github.com/owner/name'],
    ['https://x-access-token:ghs_secret@github.com/owner/name', 'https://github.com/owner/name'],
    ['git@github.com:owner/name.git', 'https://github.com/owner/name'],
    ['ssh://git@git.example.com:2222/owner/name.git', 'https://git.example.com/owner/name'],
    ['https://user:p@ss@github.com/owner/name', 'https://github.com/owner/name'],
    ['https://user:secret@github.com:8443/owner/name.git/', 'https://github.com/owner/name'],
    ['https://gitlab.example.com/group/sub/name.git?private_token=secret', 'https://gitlab.example.com/group/sub/name'],
    ['https://github.com/owner/name#secret', 'https://github.com/owner/name'],
    ['https://oauth2:sec/ret@github.com/owner/name', ''],
    ['https://evil.example.com/https://user:secret@github.com/owner/name', ''],
    ['https://github.com/owner/name;token=secret', ''],
    ['https://github.com/user%3Asecret%40/name', ''],
    ['user:secret@github.com:owner/name', ''],
    ['git@github.com:owner/name.git?token=secret', 'https://github.com/owner/name'],
    ['javascript:alert(1)', ''],
    ['file:///srv/git/name', ''],
    ['/srv/git/name', ''],
    ['../name', ''],
    ['', ''],
  ];
  for (const [remote, url] of REMOTES) {
    it(`names ${url || 'no address'} for the remote ${remote || 'that is not there'}, and no credentials`, () => {
      expect(browsable(remote)).to.equal(url);
    });
  }
});
