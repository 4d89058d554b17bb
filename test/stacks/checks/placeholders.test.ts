import { expect } from 'chai';
import { SETTINGS_CHECKS } from '../../../stacks/checks/all-checks.ts';
import { findingsOf } from '../../../stacks/checks/check.ts';
import { PLACEHOLDER_CHECKS, placeholdersIn } from '../../../stacks/checks/placeholder-checks.ts';
import { ACCOUNTS, EXAMPLE_ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';

const OWN = '222233334444';

const findings = (settings: EnvironmentSettings) => PLACEHOLDER_CHECKS.flatMap(({ find }) => find(settings) || []);

/** As somebody leaves it who has put their own into everything. */
const ownOf = (settings: EnvironmentSettings): EnvironmentSettings =>
  JSON.parse(
    JSON.stringify(settings)
      .replaceAll(EXAMPLE_ACCOUNT_ID, OWN)
      .replaceAll(/example\.com/g, 'pictures.org')
      .replaceAll(/\bexample\b/g, 'pictures')
      .replaceAll('00000000-0000', 'a1b2c3d4-0000'),
  );

describe('placeholders in the settings', () => {
  it('are found wherever something of nobody stands', () => {
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
    it(`of ${settings.name} may stay in the account of examples, and are refused in one's own, each by its path`, () => {
      expect(findings(settings)).to.deep.equal([]);
      const refused = findings({ ...settings, accountId: OWN });
      expect(refused).to.have.length(placeholdersIn(settings).length - 1);
      expect(refused.join()).to.include('tags.Owner has the placeholder example-team');
    });

    it(`of ${settings.name} are none once everything is one's own`, () => {
      expect(findings(ownOf(settings))).to.deep.equal([]);
    });
  }
});

describe('environments that are not to be deployed', () => {
  const before = { ...ACCOUNTS };

  /** As the guide begins: one's own account, in which one environment is. */
  beforeEach(() => {
    for (const [name, account] of Object.entries(before)) ACCOUNTS[name] = { ...account, accountId: OWN };
  });

  afterEach(() => {
    Object.assign(ACCOUNTS, before);
  });

  for (const settings of ENVIRONMENTS)
    it(`such as ${settings.name} may stay in the account of examples when that of the bootstrap is one's own`, () => {
      const found = SETTINGS_CHECKS.flatMap(({ id, find }) =>
        findingsOf(find(settings)).map((each) => `${id}: ${each}`),
      );
      expect(found).to.deep.equal([]);
    });
});
