import { expect } from 'chai';
import { CHECKS, SETTINGS_CHECKS } from '../../stacks/checks/all-checks.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { INCIDENTS, MISTAKES } from './mistakes/all-mistakes.ts';
import { synth } from './mistakes/mistake.ts';

const ALL = MISTAKES.flatMap(([, mistakes]) => mistakes);
const TABLES = [...CHECKS, ...SETTINGS_CHECKS];

describe('mistakes', () => {
  for (const settings of ENVIRONMENTS)
    for (const [kind] of MISTAKES)
      it(`are none in the ${kind} stack of ${settings.name} as it is`, () => {
        expect(synth(kind, [], settings)).to.equal(undefined);
      });
});

describe('checks', () => {
  it('have ids of their own', () => {
    expect(new Set(TABLES.map(({ id }) => id)).size).to.equal(TABLES.length);
  });

  it('each have a mistake that they catch', () => {
    expect(ALL.map(([, id]) => id)).to.include.members(TABLES.map(({ id }) => id));
  });

  it('say in sentences why, and what to do', () => {
    const unsaid = TABLES.filter(({ reason, remedy }) => !/^["A-Z].*\.$/s.test(reason) || !/^[a-z].*\.$/s.test(remedy));
    expect(unsaid.map(({ id }) => id)).to.deep.equal([]);
  });
});

describe('incidents of others', () => {
  it('are more than forty, each with its source and made here again', () => {
    const sources = INCIDENTS.map(([source]) => source);
    expect(new Set(sources).size).to.equal(sources.length).and.to.be.above(40);
    for (const source of sources)
      expect(source).to.match(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/);
  });
});
