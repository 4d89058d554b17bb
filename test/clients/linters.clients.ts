import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openApiDocument } from '../../shared/contracts/openapi.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { skipWithoutTools, toolFolder } from './tools.ts';

const run = promisify(execFile);

describe('the OpenAPI document', () => {
  let folder: TemporaryFolder;
  let path: string;
  before(async function () {
    skipWithoutTools('npm').call(this);
    folder = await createTemporaryFolder();
    path = join(folder.path, 'openapi.json');
    await writeFile(path, JSON.stringify(openApiDocument()));
  });
  after(() => folder?.remove());

  it('is bundled by redocly', async () => {
    const command = join(toolFolder('npm'), 'node_modules/.bin/redocly');
    const { stdout } = await run(command, ['bundle', path, '--ext', 'json'], { cwd: folder.path, maxBuffer: 2 ** 26 });
    expect(JSON.parse(stdout).openapi).to.match(/^3\.1/);
  });
});
