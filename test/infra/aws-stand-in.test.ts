import { expect } from 'chai';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { CONFIGURATIONS, type Resources } from './stand-in/configurations/configurations.ts';
import { type Configuration, openWorkspace, type Workspace } from './terraform.ts';

const PROVIDER = {
  terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } } },
  provider: { aws: [{ region: 'us-east-1' }] },
};

/** All resources are in one configuration, since each run of Terraform loads its provider again. */
function together(): Configuration {
  const resource: Resources = {};
  for (const part of Object.values(CONFIGURATIONS))
    for (const [type, named] of Object.entries(part)) resource[type] = { ...resource[type], ...named };
  return { ...PROVIDER, resource };
}

const addressesIn = (resources: Resources): string[] =>
  Object.entries(resources).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));

describe('the stand-in before moto', function () {
  this.timeout(400_000);
  let aws: EmulatedAws;
  let workspace: Workspace;
  let failure: Error | undefined;
  let made: string[];
  let changed: string[];
  before(async () => {
    aws = await startEmulatedAws('111122223333');
    workspace = await openWorkspace(together(), aws.endpoint);
    failure = await workspace.apply().then(
      () => undefined,
      (error: Error) => error,
    );
    made = (await workspace.run('state', 'list')).split('\n');
    changed = await workspace.changes();
  });
  after(async () => {
    await workspace?.remove();
    await aws?.stop();
  });

  for (const [action, resources] of Object.entries(CONFIGURATIONS)) {
    it(`answers ${action}, so that a second plan finds nothing to change`, () => {
      const addresses = addressesIn(resources);
      expect(made, failure?.message).to.include.members(addresses);
      expect(changed.filter((change) => addresses.some((address) => change.startsWith(`${address}:`)))).to.deep.equal(
        [],
      );
    });
  }

  it('lets Terraform destroy everything', async () => {
    await workspace.destroy();
    expect(await workspace.run('state', 'list')).to.equal('');
  });
});
