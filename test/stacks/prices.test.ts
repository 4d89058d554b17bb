import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const COMMAND = fileURLToPath(new URL('../../stacks/prices.ts', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });

describe('npm run prices', () => {
  it('names what is past its shelf life, where and since when, also for an issue', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prices-'));
    try {
      const summary = join(folder, 'prices.md');
      const { status, stderr } = run('--check', '--today', '2030-01-01', '--summary', summary);
      expect(status).to.equal(1);
      expect(stderr).to.match(
        /^stacks\/prices\/us-east-1\.json: .*nat\.hour.*: read on 20\d\d-\d\d-\d\d, \d+ days ago \(365 are allowed\), at https:/m,
      );
      expect(stderr).to.match(/ on spot and \d+ more: read on .* \(90 are allowed\)/);
      const [title, , first] = readFileSync(summary, 'utf8').split('\n');
      expect([title, first]).to.deep.equal(['## Prices past their shelf life', `- ${stderr.split('\n')[0]}`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is content with prices that are not past their shelf life, and names those that are missing', () => {
    const { status, stdout, stderr } = run('--check', '--today', '2018-01-01');
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^stacks\/prices\/eu-west-1\.json has no price of .*s3\.glacier-ir\.storage/m);
  });

  const WRONG: [args: string[], status: number, text: RegExp][] = [
    [[], 2, /^Choose one: --check or --refresh/],
    [['--check', '--refresh', 'x.json'], 2, /^Choose one/],
    [['--check', 'x.json'], 2, /^--check takes no file: x\.json/],
    [['--refresh'], 2, /^--refresh takes the files/],
    [['--check', '--today', '30.11.2026'], 2, /^--today takes a date such as 2026-11-30, not 30\.11\.2026/],
    [['--refresh', '/nowhere.json'], 1, /^\/nowhere\.json could not be read as JSON: ENOENT/],
  ];
  for (const [args, status, text] of WRONG) {
    it(`refuses ${args.join(' ') || 'a call without options'}`, () => {
      const result = run(...args);
      expect(result.status).to.equal(status);
      expect(result.stderr).to.match(text);
    });
  }
});
