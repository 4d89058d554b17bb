import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openApiDocument } from '../../shared/contracts/api/openapi.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { skipWithoutTools, toolFolder } from './tools.ts';

const run = promisify(execFile);

const RULESET = fileURLToPath(new URL('spectral.yaml', import.meta.url));

describe('the OpenAPI document', () => {
  let folder: TemporaryFolder;
  before(async function () {
    skipWithoutTools('npm').call(this);
    folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'openapi.json'), JSON.stringify(openApiDocument()));
  });
  after(() => folder?.remove());

  /** The output of a linter, with any exit status. */
  const lint = async (name: string, ...options: string[]): Promise<unknown> => {
    const program = join(toolFolder('npm'), 'node_modules/.bin', name);
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const told = await run(program, ['lint', 'openapi.json', ...options], {
      cwd: folder.path,
      env,
      maxBuffer: 2 ** 26,
    }).catch((error: { stdout: string }) => error);
    return JSON.parse(told.stdout);
  };

  it('has no error and no warning of redocly', async () => {
    const { totals, problems } = (await lint('redocly', '--format', 'json')) as { totals: object; problems: object[] };
    expect(problems).to.deep.equal([]);
    expect(totals).to.include({ errors: 0, warnings: 0 });
  });

  it('has no error and no warning of spectral, except those with a reason in spectral.yaml', async () => {
    expect(await lint('spectral', '--format', 'json', '--quiet', '--ruleset', RULESET)).to.deep.equal([]);
  });
});
