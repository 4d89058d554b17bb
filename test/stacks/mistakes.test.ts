import { expect } from 'chai';
import { ALL_SETTINGS_CHECKS, CHECKS } from '../../stacks/checks/all-checks.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { INCIDENTS, MISTAKES } from './mistakes/all-mistakes.ts';
import { synth } from './mistakes/mistake.ts';

const ALL = MISTAKES.flatMap(([, mistakes]) => mistakes);
const TABLES = [...CHECKS, ...ALL_SETTINGS_CHECKS];

describe('stacks of environments', () => {
  for (const settings of ENVIRONMENTS)
    for (const [kind] of MISTAKES)
      it(`pass all checks as they are: ${kind}-${settings.name}`, () => {
        expect(synth(kind, [], settings)).to.equal(undefined);
      });
});

describe('checks', () => {
  it('have unique ids', () => {
    expect(new Set(TABLES.map(({ id }) => id)).size).to.equal(TABLES.length);
  });

  it('each catch at least one mistake of the tests', () => {
    expect(ALL.map(([, id]) => id)).to.include.members(TABLES.map(({ id }) => id));
  });

  it('give reason and remedy in sentences', () => {
    const unsaid = TABLES.filter(({ reason, remedy }) => !/^["A-Z].*\.$/s.test(reason) || !/^[a-z].*\.$/s.test(remedy));
    expect(unsaid.map(({ id }) => id)).to.deep.equal([]);
  });
});

describe('reproduced incidents of others', () => {
  it('are more than forty, each with its source', () => {
    const sources = INCIDENTS.map(([source]) => source);
    expect(new Set(sources).size).to.equal(sources.length).and.to.be.above(40);
    for (const source of sources)
      expect(source).to.match(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/);
  });
});
