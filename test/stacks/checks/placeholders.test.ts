import { expect } from 'chai';
import { ALL_SETTINGS_CHECKS } from '../../../stacks/checks/all-checks.ts';
import { findingsOf } from '../../../stacks/checks/check.ts';
import { PLACEHOLDER_CHECKS, placeholdersIn } from '../../../stacks/checks/placeholder-checks.ts';
import { ACCOUNTS, EXAMPLE_ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { ARE_AS_SHIPPED } from '../../support/stacks/as-shipped.ts';

const OWN = '222233334444';

const findings = (settings: EnvironmentSettings) => PLACEHOLDER_CHECKS.flatMap(({ find }) => find(settings) || []);

/** The settings after somebody has replaced all placeholders. */
const ownOf = (settings: EnvironmentSettings): EnvironmentSettings =>
  JSON.parse(
    JSON.stringify(settings)
      .replaceAll(EXAMPLE_ACCOUNT_ID, OWN)
      .replaceAll(/example\.com/g, 'pictures.org')
      .replaceAll(/\bexample\b/g, 'pictures')
      .replaceAll('00000000-0000', 'a1b2c3d4-0000'),
  );

describe('placeholders in the settings', () => {
  it('are found in every setting that has one', function () {
    if (!ARE_AS_SHIPPED) this.skip();
    expect([...new Set(placeholdersIn(prod).map(([path]) => path))]).to.deep.equal([
      'accountId',
      'tags.Owner',
      'tags.CostCenter',
      'loadBalancer.certificateArn',
      'loadBalancer.domainName',
      'api.corsOrigins',
      'cdn.certificateArn',
      'cdn.domainNames',
      'observability.alarmEmails',
    ]);
  });

  for (const settings of ENVIRONMENTS) {
    it(`are allowed in ${settings.name} in the example account, and refused by path in a real one`, function () {
      if (!ARE_AS_SHIPPED) this.skip();
      expect(findings(settings)).to.deep.equal([]);
      const refused = findings({ ...settings, accountId: OWN });
      expect(refused).to.have.length(placeholdersIn(settings).length - 1);
      expect(refused.join()).to.include('tags.Owner has the placeholder example-team');
    });

    it(`are no longer found in ${settings.name} once all are replaced`, () => {
      expect(findings(ownOf(settings))).to.deep.equal([]);
    });
  }
});

describe('environments that are not deployed', () => {
  const before = { ...ACCOUNTS };

  /** The guide begins with a real account and one environment in it. */
  beforeEach(() => {
    for (const [name, account] of Object.entries(before)) ACCOUNTS[name] = { ...account, accountId: OWN };
  });

  afterEach(() => {
    Object.assign(ACCOUNTS, before);
  });

  for (const settings of ENVIRONMENTS.filter(({ accountId }) => accountId === EXAMPLE_ACCOUNT_ID))
    it(`may stay in the example account while the bootstrap is in a real one: ${settings.name}`, () => {
      const found = ALL_SETTINGS_CHECKS.flatMap(({ id, find }) =>
        findingsOf(find(settings)).map((each) => `${id}: ${each}`),
      );
      expect(found).to.deep.equal([]);
    });
});
