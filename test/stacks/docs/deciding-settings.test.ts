import { expect } from 'chai';
import { DECIDING_SETTINGS } from '../../../stacks/docs/deciding-settings.ts';
import { refusedBy, stepped, valueAt } from '../../../stacks/docs/finance-page.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { ARE_AS_SHIPPED } from '../../support/stacks/as-shipped.ts';

/** The values of settings by path; a list is one value. */
function leavesOf(settings: unknown, path: string[] = []): [string, string][] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    return [[path.join('.'), JSON.stringify(settings)]];
  return Object.entries(settings).flatMap(([name, value]) => leavesOf(value, [...path, name]));
}

/** The paths of the settings that differ. */
function differences(before: EnvironmentSettings, after: EnvironmentSettings): string[] {
  const known = new Map(leavesOf(before));
  return leavesOf(after).flatMap(([path, value]) => (known.get(path) === value ? [] : [path]));
}

describe('settings that decide the bill', () => {
  const rows = Object.values(DECIDING_SETTINGS).flat();

  for (const row of rows)
    it(`are changed by their step as the page says, and no others: ${row.settings[0]}`, () => {
      const changed = differences(prod, stepped(row, prod));
      // Where somebody has put own values, a step may be done already.
      if (ARE_AS_SHIPPED) expect(changed).to.have.members([...row.settings]);
      else expect(row.settings).to.include.members(changed);
    });

  it('stay as they are where there is no step left', () => {
    const least = structuredClone(prod);
    Object.assign(least.workers, { minTasks: 0, onDemandBase: 0, onDemandPercent: 100 });
    least.network.zones = least.network.zones.slice(0, 2);
    for (const name of ['workers.minTasks', 'workers.onDemandBase', 'workers.onDemandPercent', 'network.zones']) {
      const row = rows.find(({ settings: [first] }) => first === name);
      expect(row && differences(least, stepped(row, least)), name).to.deep.equal([]);
    }
  });

  it('are told with the rule by which synth refuses a step', () => {
    const [oneGateway, noneOnDemand] = ['network.egress', 'workers.onDemandBase'].map((name) => {
      const row = rows.find(({ settings: [first] }) => first === name);
      return row && refusedBy(stepped(row, prod), prod);
    });
    // The loss of a zone must not stop an environment whose images are kept; one machine on demand more or less is its owner's choice.
    if (ARE_AS_SHIPPED) expect(oneGateway).to.deep.equal(['IMG-SET-011']);
    expect(noneOnDemand).to.deep.equal([]);
    expect(refusedBy(prod, prod)).to.deep.equal([]);
  });

  it('leave the settings of the environment as they are', () => {
    const before = JSON.stringify(prod);
    for (const row of rows) stepped(row, prod);
    expect(JSON.stringify(prod)).to.equal(before);
  });

  it('are each in one row', () => {
    const names = rows.map(({ settings: [name] }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it('are read by their path', () => {
    expect(valueAt(prod, 'loadBalancer.waf.enabled')).to.equal(prod.loadBalancer.waf.enabled);
    expect(valueAt(prod, 'network.nothing.there')).to.equal(undefined);
  });
});
