import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startMocha, statusOf } from '../../../scripts/test-run/mocha.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

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
      const quiet = ['--reporter', 'json', '--reporter-option', `output=${file}.json`];
      const child = startMocha([...quiet, file], {});
      expect(await statusOf(child)).to.equal(status);
    });
  }
});
