import { expect } from 'chai';
import { CHECKS } from './checks/all.ts';
import { MISTAKES } from './mistakes/all.ts';
import { readProject } from './project.ts';

const NAMES = Object.values(MISTAKES).flatMap((mistakes) => Object.keys(mistakes));

/** Each mistake is made in memory, in a copy of the project, and must be found by the check above it. */
describe('mistakes in workflows', () => {
  const project = readProject();
  let found = 0;

  after(() => {
    process.stdout.write(`    ${found} of ${NAMES.length} deliberate mistakes are found\n`);
  });

  it('are more than 25, one or more for each check', () => {
    expect(Object.keys(MISTAKES)).to.have.members(Object.keys(CHECKS));
    expect(new Set(NAMES).size).to.equal(NAMES.length).and.to.be.above(25);
  });

  for (const [title, mistakes] of Object.entries(MISTAKES)) {
    describe(`are found by the check that workflows ${title}`, () => {
      const find = async (where = project): Promise<string[]> => (await CHECKS[title]?.(where)) ?? [];
      let known: string[];
      before(async () => {
        known = await find();
      });

      for (const [name, make] of Object.entries(mistakes))
        it(name, async () => {
          const copy = structuredClone(project);
          make(copy);
          expect(copy).to.not.deep.equal(project);
          expect((await find(copy)).filter((finding) => !known.includes(finding))).to.not.be.empty;
          found += 1;
        });
    });
  }
});
