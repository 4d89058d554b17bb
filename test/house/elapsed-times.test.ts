import { expect } from 'chai';
import { elapsedTimesIn } from './elapsed-times.ts';
import { readSources } from './source-files.ts';

/** Files that may set an upper bound on elapsed time, each with the reason. */
const ALLOWED: Record<string, string> = {};

const FOUND: Record<string, string> = {
  'a bound on a difference': 'expect(performance.now() - begun).to.be.below(400);',
  'a bound with a message': 'expect(Date.now() - begun, file).to.be.lessThan(400);',
  'two bounds': 'expect(performance.now() - begun).within(300, 900);',
  'a bound after another': 'expect(performance.now() - begun).at.least(300).and.at.most(900);',
  seconds: 'expect((Date.now() - begun) / 1000).to.be.closeTo(2, 0.5);',
  'a name between': 'const took = performance.now() - begun; expect(took).lt(400);',
  'two names between':
    'const all = { took: seconds * 2 }; const seconds = Date.now() - begun; expect(all.took).lte(400);',
  'a function between':
    'const timed = async () => { await work(); return performance.now() - begun; }; expect(await timed()).below(9);',
  'a declared function between':
    'function timed() { work(); return performance.now() - begun; } expect(timed()).below(9);',
};

const NOT_FOUND: Record<string, string> = {
  'a lower bound': 'expect(performance.now() - begun).to.be.at.least(400);',
  'a negated bound': 'expect(performance.now() - begun).to.not.be.below(400);',
  'a moment between two others': 'expect(Date.parse(createdAt)).to.be.within(begun, Date.now());',
  'a remaining time': 'expect(Date.parse(expiresAt) - Date.now()).to.be.most(900_000);',
  'a fake clock': 'expect(clock.now() - came).to.be.below(900_000);',
  'a duration that a program reports': 'expect(line.durationMs).to.be.within(0, Date.now() - begun);',
  'another figure': 'const took = performance.now() - begun; expect(picture.width).below(400);',
};

const foundIn = (code: string) => elapsedTimesIn({ path: 'a.ts', text: `const begun = performance.now();\n${code}` });

describe('tests', () => {
  const files = readSources('test').filter(({ path }) => !path.startsWith('test/infra/'));
  const found = files
    .map((file) => ({ path: file.path, times: elapsedTimesIn(file) }))
    .filter(({ times }) => times.length > 0);

  it('set no upper bound on elapsed time, because a busy machine takes longer', () => {
    expect(found.filter(({ path }) => !(path in ALLOWED))).to.deep.equal([]);
  });

  it('have no exception from that without need', () => {
    expect(Object.keys(ALLOWED).filter((path) => !found.some((each) => each.path === path))).to.deep.equal([]);
  });

  for (const [what, code] of Object.entries(FOUND)) {
    it(`are found to bound elapsed time by ${what}`, () => {
      expect(foundIn(code)).to.have.length(1);
    });
  }
  for (const [what, code] of Object.entries(NOT_FOUND)) {
    it(`are not found to bound elapsed time by ${what}`, () => {
      expect(foundIn(code)).to.deep.equal([]);
    });
  }
});
