import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The blocks of commands, in their order; some are indented within lists. */
const BLOCKS = [...readFileSync(join(ROOT, 'docs/finance.md'), 'utf8').matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(
  ([, block = '']) => block,
);

/** Ends with 1 as long as some prices are old, as the page says. */
const MAY_FIND_SOMETHING = 'npm run prices:check\n';

/** A copy of the files of the project, because the commands write some. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'finance-page-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of files.toString().split('\0').filter(Boolean))
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

describe('docs/finance.md', function () {
  this.timeout(900_000);

  it('has commands that work as they stand, one after the other', () => {
    const cwd = copyProject();
    try {
      expect(BLOCKS.length).to.be.above(5);
      for (const block of BLOCKS) {
        const { status, stdout, stderr } = spawnSync('bash', ['-euc', block], { cwd, encoding: 'utf8' });
        expect(status, `${block}${stdout}${stderr}`).to.be.oneOf(block === MAY_FIND_SOMETHING ? [0, 1] : [0]);
      }
      expect(readFileSync(join(cwd, 'cost.html'), 'utf8')).to.include('</html>');
      expect(readFileSync(join(cwd, 'cost.csv'), 'utf8')).to.match(/^environment,workload,/);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});
