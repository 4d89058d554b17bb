import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const script = fileURLToPath(new URL('../../scripts/explain.ts', import.meta.url));
const explain = (args: string[], input = '') =>
  spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', input });

const LIST = [{ operation: 'resize', width: 400 }, { operation: 'flip' }, { operation: 'grayscale' }];

describe('npm run explain', () => {
  it('prints the passes of a list, and why each begins', () => {
    const { status, stdout } = explain([JSON.stringify(LIST)]);
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /^pass 1\n {2}decode, at a smaller size where the format can\n {2}autoOrient\n {2}resize .*\n {2}flip\n/,
    );
    expect(stdout).to.match(
      /pass 2, because libvips would do grayscale before resize\n {2}grayscale\n {2}encode webp\n$/,
    );
  });

  it('accepts a list from standard input, an object with an output, and the name of a preset', () => {
    expect(explain(['-'], JSON.stringify(LIST)).stdout).to.equal(explain([JSON.stringify(LIST)]).stdout);
    const given = JSON.stringify({ commands: LIST, output: { format: 'avif' } });
    expect(JSON.parse(explain([given, '--json']).stdout)).to.nested.include({ 'output.format': 'avif' });
    expect(explain(['avatar']).stdout).to.match(/^pass 1\n/);
  });

  it('makes more passes where there is transparency', () => {
    const list = JSON.stringify([{ operation: 'resize', width: 400 }, { operation: 'median' }]);
    const passes = (...more: string[]) => JSON.parse(explain([list, '--json', ...more]).stdout).passes.length;
    expect([passes(), passes('--alpha')]).to.deep.equal([1, 2]);
  });
});
