import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Testing } from 'cdktf';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../scripts/local/emulators/emulators.ts';
import { namesOf } from '../../shared/contracts/names.ts';
import { ownerCommands } from '../../stacks/copies/owner-commands.ts';
import { deploymentOf } from '../../stacks/environments/deployment.ts';
import { prod } from '../../stacks/environments/prod.ts';
import type { StorageSettings } from '../../stacks/environments/settings.ts';
import { tagsOf } from '../../stacks/foundation/tags.ts';
import { LEAST_KEPT_DAYS } from '../../stacks/storage/table-backup.ts';
import { StorageStack } from '../../stacks/storage-stack.ts';
import { rejectionOf } from '../support/rejection.ts';
import { COPIES, OUTSIDE } from '../support/stacks/copies.ts';
import { testingApp } from '../support/stacks/testing-app.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { expectRestored, GUIDE, restoreByTheGuide } from './restored-originals.ts';
import { type Configuration, openWorkspace, type Workspace } from './terraform.ts';

const SETTINGS = { ...prod, storage: { ...prod.storage, ...COPIES } };
const NAMES = namesOf(deploymentOf(SETTINGS));
const REPLICA = NAMES.replicaBucket(OUTSIDE.accountId);
const scriptFor = (tableBackups: StorageSettings['tableBackups']): string =>
  ownerCommands({ ...SETTINGS, storage: { ...SETTINGS.storage, tableBackups } }).get(OUTSIDE.accountId) ?? '';
const SCRIPT = scriptFor(COPIES.tableBackups);

/** The storage of prod with the given copies. */
function configurationWith(copies: Pick<StorageSettings, keyof typeof COPIES>): Configuration {
  const settings = { ...SETTINGS, storage: { ...SETTINGS.storage, ...copies } };
  return JSON.parse(Testing.synth(new StorageStack(testingApp(), 'storage', settings)));
}

/** An emulated AWS has one account, so the other account is another emulated AWS. */
describe('copies in another account', function () {
  this.timeout(300_000);
  let home: EmulatedAws;
  let outside: EmulatedAws;
  let workspace: Workspace;
  const inReplica = (command: string) => aws(outside.endpoint, 's3api', command, '--bucket', REPLICA);
  const vault = () => {
    const named = ['--backup-vault-name', NAMES.copyVault, '--region', OUTSIDE.region];
    return aws(outside.endpoint, 'backup', 'describe-backup-vault', ...named);
  };
  const runScript = ({ endpoint }: EmulatedAws, script = SCRIPT) => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: endpoint };
    return promisify(execFile)('sh', ['-c', script], { env });
  };

  before(async () => {
    [home, outside] = await Promise.all([startEmulatedAws(SETTINGS.accountId), startEmulatedAws(OUTSIDE.accountId)]);
    workspace = await openWorkspace(configurationWith(COPIES), home.endpoint);
  });
  after(async () => {
    await workspace?.remove();
    await Promise.all([home, outside].map((each) => each?.stop()));
  });

  it('can be set up by the owner of that account only', async () => {
    const { stderr } = (await rejectionOf(runScript(home))) as Error & { stderr: string };
    expect(stderr).to.include(`not the credentials of account ${OUTSIDE.accountId}`);
    expect((await aws(home.endpoint, 's3api', 'list-buckets')).Buckets).to.deep.equal([]);
  });

  it('may begin with a lock that the account can remove', async () => {
    await runScript(outside, scriptFor({ ...COPIES.tableBackups, lock: 'governance' }));
    expect(await vault())
      .to.include({ Locked: true })
      .and.not.to.have.property('LockDate');
  });

  it('have a bucket that keeps versions, locks them and expires deleted ones', async () => {
    await runScript(outside);
    const { lockedDays, noncurrentDays } = COPIES.originalsReplica;
    expect(await inReplica('get-bucket-versioning')).to.include({ Status: 'Enabled' });
    const { ObjectLockConfiguration: lock } = await inReplica('get-object-lock-configuration');
    expect(lock.Rule.DefaultRetention).to.deep.include({ Mode: 'COMPLIANCE', Days: lockedDays });
    const { Rules } = await inReplica('get-bucket-lifecycle-configuration');
    expect(Rules).to.have.length(1);
    expect(Rules[0].NoncurrentVersionExpiration).to.deep.equal({ NoncurrentDays: noncurrentDays });
    expect(await inReplica('get-bucket-location')).to.deep.equal({ LocationConstraint: OUTSIDE.region });
  });

  it('have a locked vault, locked for good where the settings say so', async () => {
    const locked = { Locked: true, MinRetentionDays: LEAST_KEPT_DAYS };
    expect(await vault())
      .to.include(locked)
      .and.to.have.property('LockDate');
  });

  it('are tagged for the cost report', async () => {
    const tags = tagsOf(SETTINGS);
    const { TagSet } = await inReplica('get-bucket-tagging');
    expect(Object.fromEntries(TagSet.map(({ Key, Value }: Record<string, string>) => [Key, Value]))).to.deep.equal(
      tags,
    );
    const { BackupVaultArn } = await vault();
    const named = ['--resource-arn', BackupVaultArn, '--region', OUTSIDE.region];
    expect((await aws(outside.endpoint, 'backup', 'list-tags', ...named)).Tags).to.deep.equal(tags);
  });

  it('can be set up again without changes', async () => {
    await runScript(outside);
    expect(await vault()).to.include({ Locked: true });
  });

  it("restore by the guide's commands what was deleted and replaced, and nothing that its user had deleted before", async () => {
    const bucket = namesOf({ ...deploymentOf(SETTINGS), ...OUTSIDE }).bucket;
    const buckets = { endpoint: outside.endpoint, region: OUTSIDE.region, replica: REPLICA, bucket };
    expectRestored(await restoreByTheGuide(buckets));
  });

  it('are the destination of the applied storage, which then has no changes left', async () => {
    expect(await workspace.apply()).to.match(/^Plan: [1-9]\d* to add, 0 to change, 0 to destroy\.$/m);
    expect(await workspace.changes()).to.deep.equal([]);
    const replicated = await aws(home.endpoint, 's3api', 'get-bucket-replication', '--bucket', NAMES.bucket);
    const { Role, Rules } = replicated.ReplicationConfiguration;
    expect(Rules[0].Destination.Bucket).to.equal(`arn:aws:s3:::${REPLICA}`);
    const { Statement } = JSON.parse((await inReplica('get-bucket-policy')).Policy);
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).to.have.length(2);
    for (const { Condition } of allowed) expect(Condition.ArnEquals['aws:PrincipalArn']).to.equal(Role);
  });

  it('include the table, by a backup plan that copies to the vault there', async () => {
    const region = ['--region', SETTINGS.region];
    const { BackupPlansList } = await aws(home.endpoint, 'backup', 'list-backup-plans', ...region);
    const plan = ['--backup-plan-id', BackupPlansList[0].BackupPlanId, ...region];
    const { BackupPlan } = await aws(home.endpoint, 'backup', 'get-backup-plan', ...plan);
    const { BackupVaultArn } = await vault();
    expect(BackupPlan.Rules[0].CopyActions[0].DestinationBackupVaultArn).to.equal(BackupVaultArn);
  });

  it('are changed in place', async () => {
    const tableBackups = { ...COPIES.tableBackups, keptDays: 20, everyHours: 24 as const };
    await workspace.become(configurationWith({ ...COPIES, tableBackups }));
    const changes = (await workspace.changes()).map((change) => change.split(' {')[0]);
    expect(changes).to.deep.equal(['aws_backup_plan.backup-plan: update']);
    expect(await workspace.apply()).to.include('0 to add, 1 to change, 0 to destroy');
    expect(await workspace.changes()).to.deep.equal([]);
  });

  it('are switched off as the guide says, which leaves the vault with its contents', async () => {
    await workspace.become(configurationWith({ originalsReplica: 'off', tableBackups: 'off' }));
    const [, kept = ''] = /state rm (aws_backup_vault\.\S+ aws_\S+)/.exec(GUIDE) ?? [];
    await workspace.run('state', 'rm', ...kept.split(' '));
    await workspace.apply();
    expect(await workspace.changes()).to.deep.equal([]);
    const { BackupVaultList } = await aws(home.endpoint, 'backup', 'list-backup-vaults', '--region', SETTINGS.region);
    expect(BackupVaultList[0]).to.include({ BackupVaultName: NAMES.backupVault, Locked: true });
  });
});
