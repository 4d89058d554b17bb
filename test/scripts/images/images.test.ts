import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { isTooLarge, sizeOf } from '../../../scripts/images/sizes.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/images.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const runIt = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });

/** What needs no builder and no registry; test/images builds, pushes and starts images. */
describe('npm run images', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  for (const args of [['--help'], ['build', '--help'], ['push', '--help']]) {
    it(`prints its help for ${args.join(' ')}`, async () => {
      const { code, stdout } = await runIt(...args);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^npm run images -- build \[SERVICE…\]/);
    });
  }

  const WRONG: [args: string[], sentence: RegExp][] = [
    [[], /takes build or push, not nothing/],
    [['pull'], /takes build or push, not pull/],
    [['build', 'uploads'], /There is no service uploads: sync-upload/],
    [['build', '--platform', 'linux/arm'], /--platform takes linux\/amd64, linux\/arm64 or both, not linux\/arm/],
    [['build', '--base', 'node'], /--base takes NAME=IMAGE, not node/],
    [['build', '--builder', 'kaniko'], /--builder takes buildah or docker, not kaniko/],
    [['build', '--sign'], /--sign/],
    [['push'], /Name one environment/],
    [['push', 'staging', 'prod'], /Name one environment/],
    [['push', 'staging', '--timeout', 'soon'], /--timeout takes a number of minutes above 0, not soon/],
  ];
  for (const [args, sentence] of WRONG) {
    it(`ends with 2 and a sentence for ${args.join(' ') || 'nothing'}`, async () => {
      const { code, stderr } = await runIt(...args);
      expect(stderr).to.match(sentence);
      expect(code).to.equal(2);
    });
  }

  it('says what is missing where nothing was built', async () => {
    const { code, stderr } = await runIt('push', 'dev', '--from', folder.path);
    expect(stderr).to.include('npm run images -- build writes digests.json');
    expect(code).to.equal(1);
  });

  it('does not push images of which nobody knows the commit', async () => {
    const images = Object.fromEntries(SERVICE_NAMES.map((service) => [service, `sha256:${'0'.repeat(64)}`]));
    await writeFile(join(folder.path, 'digests.json'), JSON.stringify({ images }));
    const { code, stderr } = await runIt('push', 'dev', '--from', folder.path);
    expect(stderr).to.include('does not say its commit');
    expect(code).to.equal(1);
  });
});

describe('the size of an image', () => {
  const sized = (...megabytes: number[]) =>
    sizeOf('worker', {
      ...{ platform: 'linux/amd64', digest: '', config: {} as never },
      layers: megabytes.map((size) => ({ digest: '', size: size * 1_000_000 })),
    });

  it('is that of all layers, and its own part that of the layers above the base', () => {
    expect(sized(28, 45, 20)).to.include({ wholeMb: 93, ownMb: 65 });
  });

  it('is too large above its budget, whatever the base weighs', () => {
    const { budgetMb } = sized(0);
    expect(isTooLarge(sized(500, budgetMb))).to.equal(false);
    expect(isTooLarge(sized(28, budgetMb, 1))).to.equal(true);
  });
});
