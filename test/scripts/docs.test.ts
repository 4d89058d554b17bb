import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/docs.ts', import.meta.url));

describe('npm run docs', () => {
  it('has been run since a table changed: text and pictures are those that would be written', async () => {
    const { stdout, stderr } = await run(process.execPath, [script, '--check']);
    expect(stdout + stderr).not.match(/npm run docs/);
  });
});
