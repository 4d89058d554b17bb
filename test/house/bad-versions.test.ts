import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { BAD_VERSIONS, type BadVersion } from '../infra/rehearse/bad-versions.ts';

const PAGE = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');

/** How the environment comes back to what it ran before. */
const UNDONE: Record<NonNullable<BadVersion['rollback']> | 'success', string> = {
  success: '`rollback`',
  skipped: 'nothing was changed',
  failure: 'ECS, and a deployment of the commit before',
};

const rowOf = ({ name, part, caughtBy, rollback }: BadVersion): string =>
  `| ${part} | ${name} | \`${caughtBy}\` | ${UNDONE[rollback ?? 'success']} |`;

describe('bad versions', () => {
  it('change a place of a program or of the stacks that is there, and once', () => {
    const missing = BAD_VERSIONS.flatMap(({ name, programs = [], stacks = [] }) =>
      [...programs, ...stacks].flatMap(({ file, from }) => {
        const found = existsSync(new URL(`../../${file}`, import.meta.url))
          ? readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split(from).length - 1
          : 0;
        return found === 1 ? [] : [`${name}: ${file} has ${found} × ${from}`];
      }),
    );
    expect(missing).to.deep.equal([]);
  });
});

describe('the section "Bad versions" of docs/deploying.md', () => {
  const [, section = ''] = /^## Bad versions\n([\s\S]*?)(?=^## )/m.exec(PAGE) ?? [];

  it('has a row for each version that is rehearsed, with the step that finds it', () => {
    const rows = section.split('\n').filter((line) => /^\| (?!what|-)/.test(line));
    expect(rows.join('\n')).to.equal(BAD_VERSIONS.map(rowOf).join('\n'));
  });

  it('breaks each program in at least two ways, which different steps find', () => {
    for (const program of ['sync-upload', 'async-upload', 'download', 'worker']) {
      const steps = BAD_VERSIONS.filter(({ part }) => part === program).map(({ caughtBy }) => caughtBy);
      expect(new Set(steps).size, program).to.be.at.least(2);
    }
  });
});
