import { expect } from 'chai';
import { changesSection, readOutcomes } from '../../stacks/docs/changes-section.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { changesOf } from '../infra/walk/changes.ts';
import { GIVEN } from '../infra/walk/given-changes.ts';
import { allSettings } from '../infra/walk/settings.ts';

/** Paths of all values of settings, by the names under which they are walked: that of a service stands for that of every service. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [path.slice(1).replace(/^services\.[^.]+/, 'services')];
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, `${path}.${name}`));
}

const paths = allSettings().map(({ path }) => path);
const changes = readOutcomes().flatMap(({ setting, changes: own = [] }) => own.map((each) => ({ setting, ...each })));

describe('what becomes of an environment when a setting is changed', () => {
  it('is known of every setting that an environment or an account has', () => {
    const environments = ENVIRONMENTS.flatMap((settings) => pathsIn(settings));
    const accounts = Object.values(ACCOUNTS).flatMap((settings) => pathsIn(settings, '.account'));
    expect(paths).to.include.members([...environments, ...accounts]);
    expect(
      readOutcomes().map(({ setting }) => setting),
      'npm run test:infra:deep -- --write',
    ).to.deep.equal(paths);
  });

  it('was found out for the changes that are walked now', () => {
    for (const setting of allSettings()) {
      const [outcome] = readOutcomes().filter((each) => each.setting === setting.path);
      const walked = changesOf(setting);
      const known = 'fixed' in walked ? [] : walked.map(({ title, todo }) => ({ title, todo }));
      const told = outcome?.changes ?? [];
      expect(
        told.map(({ change: title, todo }) => ({ title, todo })),
        setting.path,
      ).to.deep.equal(known);
      expect(outcome?.fixed, setting.path).to.equal('fixed' in walked ? walked.fixed : undefined);
    }
  });

  it('is given for settings that there are', () => {
    expect(paths).to.include.members(Object.keys(GIVEN));
  });

  it('is seen for at least one other value of each that synth takes', () => {
    const isRefused = ({ effects }: { effects: string[] }) =>
      effects.some((effect) => effect.startsWith('refused by synth'));
    const settings = readOutcomes().filter(({ changes: own }) => own?.every(isRefused));
    expect(settings.map(({ setting }) => setting)).to.deep.equal([]);
  });

  it('comes with what to do wherever something is ended, replaced or refused', () => {
    const silent = changes.filter(({ effects, todo }) => effects.length > 0 && !todo);
    expect(silent.map(({ setting, change }) => `${setting} (${change})`)).to.deep.equal([]);
  });

  it('is in the guide, for every setting', () => {
    const section = changesSection();
    expect(paths.filter((path) => !section.includes(`\`${path}\``))).to.deep.equal([]);
  });
});
