import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startMocha, statusOf } from '../../../scripts/test-run/mocha.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const QUIET = ['--reporter', 'json', '--reporter-option'];

describe('the status of a run of tests', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  for (const [failures, status] of [
    [0, 0],
    [1, 1],
    [3, 1],
  ]) {
    it(`is ${status} after ${failures} failures`, async () => {
      const file = join(folder.path, `${failures}.test.ts`);
      const tests = Array.from(
        { length: 4 },
        (_, index) => `it('${index}', () => assert(${index >= (failures ?? 0)}));`,
      );
      await writeFile(file, `import assert from 'node:assert';\n${tests.join('\n')}\n`);
      const child = startMocha([...QUIET, `output=${file}.json`, file], {});
      expect(await statusOf(child)).to.equal(status);
    });
  }

  it('is 1 where no test matches the pattern', async () => {
    const file = join(folder.path, 'unmatched.test.ts');
    await writeFile(file, "it('stores', () => {});\n");
    const child = startMocha([...QUIET, `output=${file}.json`, '--grep', 'deletes', file], {});
    expect(await statusOf(child)).to.equal(1);
  });

  it('is 0 where a test of one file matches the pattern and none of another does, in parallel or not', async () => {
    const files = ['matched', 'other'].map((name) => join(folder.path, `${name}.test.ts`));
    for (const file of files) await writeFile(file, `it('stores ${file.includes('matched')}', () => {});\n`);
    const parallel = ['--parallel', '--jobs', '2', '--grep', 'true'];
    const child = startMocha([...QUIET, `output=${files[0]}.json`, ...parallel, ...files], {});
    expect(await statusOf(child)).to.equal(0);
  });
});
