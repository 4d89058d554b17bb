import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lb } from '@cdktf/provider-aws/lib/lb/index.js';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack, Testing } from 'cdktf';
import { expect } from 'chai';
import type { NetworkSettings } from '../../stacks/environments/settings.ts';
import { createNetwork } from '../../stacks/network/network.ts';
import { DEPLOYMENT, ZONES } from '../support/stacks/entrance.ts';
import { testingApp } from '../support/stacks/testing-app.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { type Configuration, openWorkspace, type Workspace } from './terraform.ts';

const [FIRST, SECOND, THIRD] = ZONES;

/** Pairs of a resource that lists another and the listed one: AWS refuses to remove a resource while it is listed. */
const USERS = [
  ['aws_lb.load-balancer', `aws_subnet.public-subnet-${THIRD}`],
  ['aws_vpc_endpoint.sqs-endpoint', `aws_subnet.private-subnet-${THIRD}`],
  ['aws_vpc_endpoint.s3-endpoint', `aws_route_table.private-routes-${THIRD}`],
] as const;

/** A network with a load balancer, as an example of a resource in subnets. */
function configurationOf(egress: NetworkSettings['egress'], zones: readonly string[]): Configuration {
  const stack = new TerraformStack(testingApp(), 'network');
  new AwsProvider(stack, 'aws', { region: DEPLOYMENT.region });
  const settings = { cidr: '10.0.0.0/16', zones, egress, isolatedWorkers: false, flowLogDays: 0 };
  const network = createNetwork(stack, { settings, deployment: DEPLOYMENT });
  new Lb(stack, 'load-balancer', { loadBalancerType: 'application', subnets: network.publicSubnetIds });
  return JSON.parse(Testing.synth(stack));
}

/** The addresses that a plan changes, by kind of change. */
async function planned(workspace: Workspace): Promise<Record<string, string[]>> {
  const lines = (await workspace.changes()).map((line) => /^(\S+): (.+?) /.exec(line) ?? []);
  return Object.fromEntries(
    Object.entries(Object.groupBy(lines, ([, , actions]) => String(actions))).map(([actions, of]) => [
      actions,
      (of ?? []).map(([, address]) => String(address)),
    ]),
  );
}

/** The events of an apply in order, such as `delete aws_subnet.x starts`. */
async function applied(workspace: Workspace): Promise<string[]> {
  const lines = (await workspace.run('apply', '-json', '-input=false', '-auto-approve')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'apply_start' || type === 'apply_complete')
    .map(({ type, hook }) => `${hook.action} ${hook.resource.addr} ${type === 'apply_start' ? 'starts' : 'ends'}`);
}

describe('zones, applied', function () {
  this.timeout(300_000);
  let aws: EmulatedAws;
  before(async () => {
    aws = await startEmulatedAws(DEPLOYMENT.accountId);
  });
  after(() => aws?.stop());

  for (const egress of ['nat-per-zone', 'interface-endpoints'] as const) {
    describe(`with ${egress}`, () => {
      let workspace: Workspace;
      const write = (zones: readonly string[]) =>
        writeFile(join(workspace.folder, 'cdk.tf.json'), JSON.stringify(configurationOf(egress, zones)));
      before(async () => {
        workspace = await openWorkspace(configurationOf(egress, ZONES), aws.endpoint);
        await workspace.apply();
      });
      after(async () => {
        await workspace?.destroy();
        await workspace?.remove();
      });

      it('do not change in another order', async () => {
        await write([THIRD, FIRST, SECOND]);
        expect(await planned(workspace)).to.deep.equal({});
      });

      it('are removed without changes to other zones, after their resources', async () => {
        await write([FIRST, SECOND]);
        const { update = [], delete: removed = [], ...others } = await planned(workspace);
        expect(others).to.deep.equal({});
        expect(update).to.include('aws_lb.load-balancer');
        for (const address of removed) expect(address).to.include(THIRD);
        const done = await applied(workspace);
        const at = (event: string): number => {
          expect(done).to.include(event);
          return done.indexOf(event);
        };
        for (const [user, used] of USERS.filter(([each]) => update.includes(each)))
          expect(at(`update ${user} ends`), `${user} lets go of ${used}`).to.be.below(at(`delete ${used} starts`));
      });

      it('are added again without changes to other zones', async () => {
        await write(ZONES);
        const { update = [], create = [], ...others } = await planned(workspace);
        expect(others).to.deep.equal({});
        expect(update).to.include('aws_lb.load-balancer');
        for (const address of create) expect(address).to.include(THIRD);
      });
    });
  }
});
