import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { spawnStart } from '../support/services/start-process.ts';
import { runQuarantine } from '../support/storage/quarantine-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

describe('npm run quarantine beside npm start', function () {
  this.timeout(180_000);
  let folder: TemporaryFolder;

  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  it('finds the stack that runs on the folder, and what it redrives is worked on', async () => {
    const data = join(folder.path, 'data');
    const settings = join(data, 'settings.json');
    const stack = spawnStart('--port', '0', '--data', data, '--log', 'silent');
    try {
      const url = await stack.ready();
      expect((await stat(settings)).mode & 0o777).to.equal(0o600);
      expect(await readFile(settings, 'utf8'))
        .to.not.include('SECRET"')
        .and.not.include('PART_URL');
      const body = (await photograph('jpeg', 400, 400)).subarray(0, 2000);
      const { imageId } = jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body }));
      const failed = async () => {
        const { stdout } = await runQuarantine({ cwd: folder.path }, '--json');
        const { failedRenditions } = JSON.parse(stdout);
        return failedRenditions.length > 0 && failedRenditions[0];
      };
      const first = await eventually('the rendition fails', failed);
      expect(first).to.include({ imageId, name: 'thumb', attempts: 1 });
      expect(first.failure.code).to.equal('image_unreadable');

      const args = ['redrive', `${imageId}/thumb`, '--data', data];
      expect(await runQuarantine({}, ...args)).to.include({ status: 0, stderr: '' });
      const second = await eventually('the rendition fails again', failed);
      expect(Date.parse(second.updatedAt)).to.be.above(Date.parse(first.updatedAt));
      stack.child.kill('SIGTERM');
      await stack.ended();
      expect(await stat(settings).catch(({ code }) => code)).to.equal('ENOENT');
    } finally {
      if (stack.child.exitCode === null) stack.child.kill('SIGTERM');
      await stack.ended();
    }
  });

  it('says that nothing runs on the folder of a stack that was killed', async () => {
    const data = join(folder.path, 'killed');
    const stack = spawnStart('--port', '0', '--data', data, '--log', 'silent');
    await stack.ready();
    stack.child.kill('SIGKILL');
    await stack.ended();
    const { status, stderr } = await runQuarantine({}, '--data', data);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Nothing runs on \S+killed\. Run npm start.*\n$/);
  });
});
