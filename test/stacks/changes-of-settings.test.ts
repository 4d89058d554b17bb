import { expect } from 'chai';
import { changesSection, readOutcomes } from '../../stacks/docs/changes-section.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { changesOf } from '../infra/walk/changes.ts';
import { GIVEN } from '../infra/walk/given-changes.ts';
import { allSettings } from '../infra/walk/settings.ts';
import { ARE_AS_SHIPPED } from '../support/stacks/as-shipped.ts';

/** The paths of all settings in the form used by the walk through them, where one service stands for every service. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [path.slice(1).replace(/^services\.[^.]+/, 'services')];
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, `${path}.${name}`));
}

const paths = allSettings().map(({ path }) => path);
const changes = readOutcomes().flatMap(({ setting, changes: own = [] }) => own.map((each) => ({ setting, ...each })));

/** A title has the value of before, which is another one where somebody has put in own values. */
const titleOf = (title: string): string | undefined => (ARE_AS_SHIPPED ? title : undefined);

describe('the recorded effects of changing a setting', () => {
  it('cover every setting of environments and accounts', () => {
    const environments = ENVIRONMENTS.flatMap((settings) => pathsIn(settings));
    const accounts = Object.values(ACCOUNTS).flatMap((settings) => pathsIn(settings, '.account'));
    expect(paths).to.include.members([...environments, ...accounts]);
    expect(
      readOutcomes().map(({ setting }) => setting),
      'npm run test:infra:deep -- --write',
    ).to.deep.equal(paths);
  });

  it('are of the changes that the walk makes now', () => {
    for (const setting of allSettings()) {
      const [outcome] = readOutcomes().filter((each) => each.setting === setting.path);
      const walked = changesOf(setting);
      const known = 'fixed' in walked ? [] : walked.map(({ title, todo }) => ({ title: titleOf(title), todo }));
      const told = outcome?.changes ?? [];
      expect(
        told.map(({ change, todo }) => ({ title: titleOf(change), todo })),
        setting.path,
      ).to.deep.equal(known);
      expect(outcome?.fixed, setting.path).to.equal('fixed' in walked ? walked.fixed : undefined);
    }
  });

  it('are stated by hand only for existing settings', () => {
    expect(paths).to.include.members(Object.keys(GIVEN));
  });

  it('include at least one value of each setting that synth accepts', () => {
    const isRefused = ({ effects }: { effects: string[] }) =>
      effects.some((effect) => effect.startsWith('refused by synth'));
    const settings = readOutcomes().filter(({ changes: own }) => own?.every(isRefused));
    expect(settings.map(({ setting }) => setting)).to.deep.equal([]);
  });

  it('say what to do wherever something is destroyed, replaced or refused', () => {
    const silent = changes.filter(({ effects, todo }) => effects.length > 0 && !todo);
    expect(silent.map(({ setting, change }) => `${setting} (${change})`)).to.deep.equal([]);
  });

  it('are documented for every setting', () => {
    const section = changesSection();
    expect(paths.filter((path) => !section.includes(`\`${path}\``))).to.deep.equal([]);
  });
});
