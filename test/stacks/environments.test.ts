import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aspects, TerraformStack } from 'cdktf';
import { expect } from 'chai';
import { namesOf } from '../../shared/contracts/names.ts';
import { addStacks } from '../../stacks/all-stacks.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { stateKey } from '../../stacks/foundation/state-backend.ts';
import type { Arguments, Synthesised } from '../support/stacks/entrance.ts';

const TAGS = ['Project', 'Environment', 'Owner', 'CostCenter'];

interface Stack extends Synthesised {
  terraform: { backend: Record<string, Arguments> };
  provider: { aws: Arguments[] };
}

describe('stacks', () => {
  it('all have the checks', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'image-service-stacks-')) });
    addStacks(app);
    const stacks = app.node.children.filter((child) => child instanceof TerraformStack);
    expect(stacks).to.have.length(Object.keys(ACCOUNTS).length + 2 * ENVIRONMENTS.length);
    for (const stack of stacks)
      expect(
        Aspects.of(stack).all.map((aspect) => aspect.constructor.name),
        stack.node.id,
      ).to.include('ChecksAspect');
    rmSync(app.outdir, { recursive: true });
  });
});

/** Every stack of every account and environment, synthesised as `cdktf synth` does. */
function synthesiseAll(): Record<string, Stack> {
  const outdir = mkdtempSync(join(tmpdir(), 'image-service-stacks-'));
  const app = new App({ outdir });
  addStacks(app);
  app.synth();
  const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const read = (name: string): Stack => ({
    resource: {},
    ...JSON.parse(readFileSync(join(outdir, 'stacks', name, 'cdk.tf.json'), 'utf8')),
  });
  const stacks = Object.fromEntries(Object.keys(manifest.stacks).map((name) => [name, read(name)]));
  rmSync(outdir, { recursive: true });
  return stacks;
}

describe('settings of environments', () => {
  const names = ENVIRONMENTS.map((settings) => namesOf({ ...settings, environment: settings.name }));

  it('have names that fit AWS’s limits', () => {
    for (const { name } of ENVIRONMENTS) expect(name).to.match(/^[a-z0-9]{1,12}$/);
    for (const { bucket, logBucket, loadBalancer } of names) {
      expect(bucket).to.match(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
      expect(logBucket.length).to.be.at.most(63);
      expect(loadBalancer.length).to.be.at.most(32);
    }
  });

  it('share no names and no addresses, so that networks can be connected', () => {
    expect(new Set(names.map(({ prefix }) => prefix)).size).to.equal(ENVIRONMENTS.length);
    expect(new Set(ENVIRONMENTS.map(({ network }) => network.cidr)).size).to.equal(ENVIRONMENTS.length);
  });
});

describe('all stacks', () => {
  const stacks = synthesiseAll();
  const ofEnvironments = ENVIRONMENTS.flatMap((settings) =>
    ['storage', 'platform'].map((kind) => ({ kind, settings, stack: stacks[`${kind}-${settings.name}`] })),
  );

  it('include the bootstrap of each account, and storage and platform of each environment', () => {
    expect(Object.keys(stacks)).to.have.members([
      ...Object.keys(ACCOUNTS),
      ...ENVIRONMENTS.flatMap(({ name }) => [`storage-${name}`, `platform-${name}`]),
    ]);
  });

  it('keep each environment’s state under its own key in the account’s bucket, locked by a file', () => {
    for (const { kind, settings, stack } of ofEnvironments) {
      expect(stack?.terraform.backend.s3).to.include({
        bucket: `image-service-state-${settings.accountId}-${settings.region}`,
        key: stateKey(settings.name, kind),
        use_lockfile: true,
        encrypt: true,
      });
    }
    const keys = ofEnvironments.map(({ stack }) => stack?.terraform.backend.s3?.key);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('read no other state', () => {
    for (const stack of Object.values(stacks)) expect(JSON.stringify(stack)).to.not.include('terraform_remote_state');
  });

  it('accept only their own account and no emulator', () => {
    for (const { settings, stack } of ofEnvironments) {
      const [main] = stack?.provider.aws ?? [];
      expect(main).to.include({ region: settings.region });
      for (const provider of stack?.provider.aws ?? []) {
        expect(provider.allowed_account_ids).to.deep.equal([settings.accountId]);
        expect(provider).to.not.have.any.keys(
          'endpoints',
          's3_use_path_style',
          'skip_credentials_validation',
          'access_key',
        );
      }
    }
  });

  it('tag auto scaling groups for the cost report', () => {
    for (const [name, { resource }] of Object.entries(stacks))
      for (const { tag } of Object.values(resource.aws_autoscaling_group ?? {}))
        expect(
          tag.map(({ key }: Arguments) => key),
          name,
        ).to.include.members(TAGS);
  });

  it('tag resources with their environment', () => {
    for (const { settings, stack } of ofEnvironments) {
      const tagged = Object.values(stack?.resource ?? {}).flatMap((resources) => Object.values(resources));
      const environments = new Set(tagged.flatMap(({ tags }) => (tags?.Environment ? [tags.Environment] : [])));
      expect([...environments]).to.deep.equal([settings.name]);
    }
  });
});
