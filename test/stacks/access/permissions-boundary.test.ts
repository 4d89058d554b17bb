import { expect } from 'chai';
import { APP, accountNames, arnsOf } from '../../../shared/contracts/names.ts';
import { BootstrapStack } from '../../../stacks/bootstrap-stack.ts';
import { actionsMatching, needsWildcardResource } from '../../../stacks/checks/access/iam-actions.ts';
import { ACCOUNTS } from '../../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { StorageStack } from '../../../stacks/storage-stack.ts';
import { COPIES, OUTSIDE } from '../../support/stacks/copies.ts';
import { all, synthesise } from '../../support/stacks/entrance.ts';
import { allows, listOf, type PolicyStatement } from '../../support/stacks/policies.ts';
import { testingApp } from '../../support/stacks/testing-app.ts';

describe('the permissions boundary of an environment', () => {
  const [account] = Object.values(ACCOUNTS);
  const [withCdn] = ENVIRONMENTS.filter(({ cdn }) => cdn.enabled);
  if (!account || !withCdn) throw new Error('no account, or no environment with a CDN');
  // It may be in the example account still.
  const environment = { ...withCdn, accountId: account.accountId, region: account.region };
  const { boundary: nameOf } = accountNames(account);
  const boundary = all(synthesise(new BootstrapStack(testingApp(), 'bootstrap', account)), 'iam_policy').find(
    ({ name }) => name === nameOf(environment.name),
  );
  if (!boundary) throw new Error(`no boundary for ${environment.name}`);
  const platform = synthesise(new PlatformStack(testingApp(), 'platform', environment));

  it('is set on every role of an environment', () => {
    for (const { permissions_boundary } of all(platform, 'iam_role'))
      expect(permissions_boundary).to.equal(`arn:aws:iam::${account.accountId}:policy/${boundary.name}`);
  });

  it('takes nothing away from the policies of an environment’s roles', () => {
    const limits: PolicyStatement[] = JSON.parse(boundary.policy).Statement;
    const given = all(platform, 'iam_role_policy')
      .flatMap(({ policy }) => JSON.parse(policy).Statement as PolicyStatement[])
      .filter(({ Effect }) => Effect === 'Allow');
    const beyond = given.flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource)
          .map((resource) =>
            resource.replace(
              /\$\{aws_cloudfront_distribution[^}]*\}/,
              `arn:aws:cloudfront::${account.accountId}:distribution/E1`,
            ),
          )
          .filter((resource) => !allows(limits, action, resource))
          .map((resource) => `${action} on ${resource}`),
      ),
    );
    expect(given).to.not.be.empty;
    expect(beyond).to.deep.equal([]);
  });

  it('takes nothing away from the policies of the roles for copies', () => {
    const settings = { ...environment, storage: { ...environment.storage, ...COPIES } };
    const storage = synthesise(new StorageStack(testingApp(), 'storage', settings));
    const limits: PolicyStatement[] = JSON.parse(boundary.policy).Statement;
    const given = all(storage, 'iam_role_policy').flatMap(
      ({ policy }) => JSON.parse(policy).Statement as PolicyStatement[],
    );
    const [ofKeys, others] = [true, false].map((isKms) =>
      given.filter(({ Action }) => listOf(Action).every((action) => action.startsWith('kms:') === isKms)),
    );
    expect(limits).to.deep.include.members(ofKeys ?? []);
    const context = { 'backup:CopyTargets': arnsOf(deploymentOf(environment)).copyVault(OUTSIDE) };
    const beyond = (others ?? []).flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource).filter((resource) => !allows(limits, action, resource, context)),
      ),
    );
    expect([ofKeys?.length, others?.length]).to.deep.equal([3, 7]);
    expect(beyond).to.deep.equal([]);
    expect(all(storage, 'iam_role').map((role) => role.permissions_boundary)).to.deep.equal(
      Array(2).fill(`arn:aws:iam::${account.accountId}:policy/${boundary.name}`),
    );
  });

  it('allows only services that the roles use, and only resources of this application', () => {
    const limits: PolicyStatement[] = JSON.parse(boundary.policy).Statement;
    const services = limits.flatMap(({ Action }) => listOf(Action).map((action) => action.split(':')[0]));
    const used = ['s3', 'dynamodb', 'backup', 'kms', 'sqs', 'ecs', 'cloudfront', 'ecr', 'logs', 'ssm'].concat(
      // Those of the switch of economy mode.
      ['application-autoscaling', 'states'],
    );
    expect([...new Set(services)]).to.have.members(used);
    // AWS generates the ids of scalable targets, of distributions, of backups, and of the key that AWS Backup uses for its vaults.
    const ours = new RegExp(
      `${APP}[-/]|^arn:aws:(cloudfront::\\d{12}:distribution/|(application-autoscaling|backup|kms):[\\w-]+:\\d{12}:(scalable-target/|recovery-point:|key/))\\*$`,
    );
    for (const { Action, Resource } of limits)
      for (const resource of listOf(Resource))
        if (resource === '*')
          expect(listOf(Action).flatMap(actionsMatching).every(needsWildcardResource)).to.equal(true);
        else expect(resource).to.match(ours);
  });
});
