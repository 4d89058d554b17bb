import { expect } from 'chai';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { refuseUnprepared } from '../../stacks/environments/prepared.ts';
import { prod } from '../../stacks/environments/prod.ts';
import type { AccountSettings } from '../../stacks/environments/settings.ts';

describe('an environment', () => {
  const [account] = Object.values(ACCOUNTS) as [AccountSettings];
  const refuse = (changes: Partial<AccountSettings>) => () => refuseUnprepared(prod, [{ ...account, ...changes }]);

  it('is prepared by the bootstrap of its account, as they all are', () => {
    for (const environment of ENVIRONMENTS) expect(() => refuseUnprepared(environment)).to.not.throw();
  });

  it('is refused where its account makes no boundary for its roles', () => {
    expect(refuse({ githubEnvironments: ['dev'] })).to.throw(
      /none of account .* has "prod" in githubEnvironments.* Put it/,
    );
    expect(refuse({ accountId: '222233334444' })).to.throw(/has "prod" in githubEnvironments/);
  });

  it('is refused where pull requests would read a state with the secret of its CDN', () => {
    expect(refuse({ previewEnvironments: ['prod'] })).to.throw(/previewEnvironments has "prod".*Take it out/);
    const reached = { ...prod, cdn: { ...prod.cdn, vpcOrigin: true } };
    expect(() => refuseUnprepared(reached, [{ ...account, previewEnvironments: ['prod'] }])).to.not.throw();
  });
});
