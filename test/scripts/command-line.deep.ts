import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

/** The verbs that are programs of ours, by name. */
const PROGRAMS = Object.entries(scripts).flatMap(([name, command]) => {
  const program = /^node (\S+\.ts)$/.exec(command)?.[1];
  return program ? [[name, program] as const] : [];
});

const run = (program: string, ...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: 'utf8' });

describe('every verb that is a program', function () {
  this.timeout(60_000);

  it('is known to this test', () => {
    expect(PROGRAMS.map(([name]) => name)).include.members(['start', 'upload', 'fuzz', 'docs:infra']);
  });

  for (const [name, program] of PROGRAMS) {
    it(`tells its use, its options and its exit statuses: npm run ${name}`, () => {
      const { status, stdout, stderr } = run(program, '--help');
      expect([status, stderr]).deep.equal([0, '']);
      expect(stdout.startsWith(name === 'start' ? 'npm start' : `npm run ${name}`), stdout).equal(true);
      expect(stdout)
        .match(/\n +--help +this text\n/)
        .match(/Exit status .*2 for wrong use/s);
    });

    it(`answers wrong use with one sentence and 2: npm run ${name}`, () => {
      const { status, stdout, stderr } = run(program, '--no-such-option');
      expect([status, stdout]).deep.equal([2, '']);
      expect(stderr)
        .match(/--no-such-option/)
        .not.match(/\n {4}at /);
    });
  }
});
