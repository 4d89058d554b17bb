import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

describe('npm run cost with a revision of git', () => {
  it('synthesises its stacks, which differ in nothing from themselves', () => {
    const args = ['scripts/cost.ts', '--environment', 'dev', '--compare', 'HEAD', 'HEAD', '--json'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout).differences).to.deep.equal([]);
  }).timeout(600_000);
});
