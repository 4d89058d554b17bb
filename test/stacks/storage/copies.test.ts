import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { APP, arnsOf, namesOf } from '../../../shared/contracts/names.ts';
import { ownerCommands, replicaPolicy } from '../../../stacks/copies/owner-commands.ts';
import type { StorageSettings, TableBackupSettings } from '../../../stacks/environments/settings.ts';
import { tagsOf } from '../../../stacks/foundation/tags.ts';
import { LEAST_KEPT_DAYS } from '../../../stacks/storage/table-backup.ts';
import { bootstrap, workflowStatements } from '../../support/stacks/bootstrap.ts';
import { COPIES, OUTSIDE } from '../../support/stacks/copies.ts';
import { type Arguments, all, DEPLOYMENT, only } from '../../support/stacks/entrance.ts';
import { platform, SETTINGS } from '../../support/stacks/platform.ts';
import { allows } from '../../support/stacks/policies.ts';
import { statementsOf, storage } from '../../support/stacks/storage.ts';

const NAMES = namesOf(DEPLOYMENT);
const ARNS = arnsOf(DEPLOYMENT);
const { originalsReplica, tableBackups } = COPIES;

const replicating = () => storage({ originalsReplica });
const backingUp = (changes: Partial<TableBackupSettings> = {}) =>
  storage({ tableBackups: { ...tableBackups, ...changes } });
const TYPES = ['s3_bucket_replication_configuration', 'backup_vault', 'backup_plan', 'backup_selection', 'iam_role'];

describe('copies outside the account', () => {
  it('do not exist unless the settings ask for them', () => {
    const synthesised = storage();
    expect(TYPES.flatMap((type) => all(synthesised, type))).to.deep.equal([]);
  });
});

describe('the replica of the originals', () => {
  const synthesised = replicating();
  const { rule, depends_on, role } = only(synthesised, 's3_bucket_replication_configuration');
  const [first] = rule;

  it('is in the bucket that the settings name', () => {
    expect(first.destination.bucket).to.equal(
      `arn:aws:s3:::${NAMES.prefix}-replica-${DEPLOYMENT.accountId}-${OUTSIDE.accountId}`,
    );
  });

  it('waits for the permission to write', () => {
    expect(depends_on).to.include('aws_iam_role_policy.replication-role-policy');
    expect(role).to.equal(`\${aws_iam_role.replication-role.arn}`);
  });

  it('is written with a role that only S3 assumes, and that can write only to the other account’s bucket', () => {
    const { name, assume_role_policy } = only(synthesised, 'iam_role');
    expect(name).to.equal(`${NAMES.prefix}-replication`);
    expect(JSON.parse(assume_role_policy).Statement[0].Principal).to.deep.equal({ Service: 's3.amazonaws.com' });
    const statements = statementsOf(only(synthesised, 'iam_role_policy'));
    const writing = statements.filter(({ Resource }) => String(Resource).includes('-replica-'));
    expect(writing).to.have.length(1);
    expect(writing[0]?.Condition.StringEquals['aws:ResourceAccount']).to.equal(OUTSIDE.accountId);
    expect(writing[0]?.Action).to.have.members(['s3:ReplicateObject', 's3:ReplicateDelete']);
  });
});

describe('the backups of the table', () => {
  const synthesised = backingUp();
  const ruleOf = (found: typeof synthesised): Arguments => only(found, 'backup_plan').rule[0];

  it('are in a vault that nobody can empty before its time', () => {
    const { name, force_destroy } = only(synthesised, 'backup_vault');
    expect([name, force_destroy]).to.deep.equal([NAMES.backupVault, false]);
    expect(only(synthesised, 'backup_vault_lock_configuration')).to.include({
      backup_vault_name: `\${aws_backup_vault.backup-vault.name}`,
      min_retention_days: LEAST_KEPT_DAYS,
      changeable_for_days: 3,
    });
  });

  it('can be kept for longer or shorter without a change of the lock, which is final', () => {
    const lockOf = (keptDays: number) => only(backingUp({ keptDays }), 'backup_vault_lock_configuration');
    expect(lockOf(35)).to.deep.equal(lockOf(7));
  });

  it('can be unlocked by anybody who may change the vault, if the settings say so', () => {
    const lock = only(backingUp({ lock: 'governance' }), 'backup_vault_lock_configuration');
    expect(lock).to.include({ min_retention_days: LEAST_KEPT_DAYS }).and.not.to.have.property('changeable_for_days');
  });

  it('are made as often and kept as long as the settings say', () => {
    const rule = ruleOf(synthesised);
    expect(rule.schedule).to.equal('cron(0 0/6 * * ? *)');
    expect(rule.lifecycle).to.deep.equal({ delete_after: 30 });
    expect(ruleOf(backingUp({ everyHours: 24 })).schedule).to.equal('cron(0 0 * * ? *)');
    expect(only(synthesised, 'backup_selection').depends_on).to.deep.equal(['aws_iam_role_policy.backup-role-policy']);
  });

  it('are copied to the other account’s vault and kept there as long, or not copied', () => {
    const destination = `arn:aws:backup:eu-central-1:444455556666:backup-vault:${NAMES.prefix}-copies-of-${DEPLOYMENT.accountId}`;
    expect(ruleOf(synthesised).copy_action).to.deep.equal([
      { destination_vault_arn: destination, lifecycle: { delete_after: 30 } },
    ]);
    const staying = backingUp({ copyTo: 'none' });
    expect(ruleOf(staying)).to.not.have.property('copy_action');
    const copying = [synthesised, staying].map((found) =>
      statementsOf(only(found, 'iam_role_policy'))
        .filter(({ Action }) => [Action].flat().includes('backup:CopyFromBackupVault'))
        .map(({ Condition }) => Condition),
    );
    expect(copying).to.deep.equal([
      [
        {
          'ForAllValues:ArnLike': { 'backup:CopyTargets': destination },
          Null: { 'backup:CopyTargets': 'false' },
        },
      ],
      [],
    ]);
  });
});

describe('alarms of copies', () => {
  const alarmsOf = (copies: Partial<typeof COPIES>): Arguments[] =>
    all(platform({ storage: { ...SETTINGS.storage, ...copies } }), 'cloudwatch_metric_alarm').filter(({ alarm_name }) =>
      /-(originals-replica|table-backup)$/.test(alarm_name),
    );
  const alarmNamesOf = (copies: Partial<typeof COPIES>) => alarmsOf(copies).map(({ alarm_name }) => alarm_name);

  it('exist only for copies that exist', () => {
    expect(alarmNamesOf({})).to.deep.equal([]);
    expect(alarmNamesOf({ originalsReplica })).to.deep.equal([`${NAMES.prefix}-originals-replica`]);
    expect(alarmNamesOf({ tableBackups })).to.deep.equal([`${NAMES.prefix}-table-backup`]);
  });

  it('go off at the first failure, even if its metric comes late', () => {
    const own = alarmsOf(COPIES);
    expect(own).to.have.length(2);
    for (const { threshold, datapoints_to_alarm, evaluation_periods, alarm_actions } of own) {
      expect([threshold, datapoints_to_alarm, evaluation_periods]).to.deep.equal([0, 1, 3]);
      expect(alarm_actions).to.have.length(1);
    }
  });
});

describe('the apply role', () => {
  const statements = workflowStatements(bootstrap(), 'apply-prod');
  const backup = (resource: string) => `arn:aws:backup:eu-west-1:111122223333:${resource}`;
  const vault = backup('backup-vault:image-service-prod-backups');
  const tagsIn = (of: 'Request' | 'Resource') => ({
    [`aws:${of}Tag/Project`]: APP,
    [`aws:${of}Tag/Environment`]: 'prod',
  });
  const passing = (service: string) => ({ 'iam:PassedToService': service });
  const role = (name: string) => `arn:aws:iam::111122223333:role/image-service-prod-${name}`;

  const MAKING: [action: string, resource: string, context?: Record<string, string>][] = [
    ['s3:PutReplicationConfiguration', 'arn:aws:s3:::image-service-prod-images-111122223333'],
    ['iam:PassRole', role('replication'), passing('s3.amazonaws.com')],
    ['iam:PassRole', role('backup'), passing('backup.amazonaws.com')],
    ['backup:CreateBackupVault', vault],
    ['backup:PutBackupVaultLockConfiguration', vault],
    ['backup:CreateBackupPlan', backup('backup-plan:1'), tagsIn('Request')],
    ['backup:CreateBackupSelection', backup('backup-plan:1'), tagsIn('Resource')],
    ['backup-storage:MountCapsule', '*', { 'aws:RequestedRegion': 'eu-west-1' }],
  ];
  const ENDING: [action: string, resource: string, context?: Record<string, string>][] = [
    ['backup:PutBackupVaultLockConfiguration', backup('backup-vault:image-service-dev-backups')],
    [
      'backup:UpdateBackupPlan',
      backup('backup-plan:1'),
      { ...tagsIn('Resource'), 'aws:ResourceTag/Environment': 'dev' },
    ],
    ['backup:DeleteBackupVault', vault],
    ['backup:DeleteBackupVaultLockConfiguration', vault],
    ['backup:DeleteRecoveryPoint', backup('recovery-point:1')],
    ['backup:UpdateRecoveryPointLifecycle', backup('recovery-point:1')],
    ['backup:StartRestoreJob', backup('recovery-point:1')],
    ['backup:PutBackupVaultAccessPolicy', vault],
    ['s3:PutObject', 'arn:aws:s3:::image-service-prod-replica-111122223333-444455556666/originals/x'],
  ];

  it('may create copies', () => {
    for (const [action, resource, context] of MAKING)
      expect(allows(statements, action, resource, context), action).to.equal(true);
  });

  it('may not delete or read copies, nor touch those of another environment', () => {
    for (const [action, resource, context] of ENDING)
      expect(allows(statements, action, resource, context), action).to.equal(false);
  });
});

describe('the script for the owner of another account', () => {
  const scriptsWith = (copies: Partial<Pick<StorageSettings, keyof typeof COPIES>>) =>
    ownerCommands({ ...SETTINGS, storage: { ...SETTINGS.storage, ...copies } });

  it('exists once for each account that copies go to', () => {
    expect(scriptsWith({}).size).to.equal(0);
    expect(scriptsWith({ tableBackups: { ...tableBackups, copyTo: 'none' } }).size).to.equal(0);
    const another = { ...OUTSIDE, accountId: '777788889999' };
    const apart = scriptsWith({ originalsReplica, tableBackups: { ...tableBackups, copyTo: another } });
    expect([...apart.keys()]).to.deep.equal([OUTSIDE.accountId, another.accountId]);
    expect([...scriptsWith(COPIES).keys()]).to.deep.equal([OUTSIDE.accountId]);
  });

  it('is valid for a shell, and first checks whose credentials it has', () => {
    const script = scriptsWith(COPIES).get(OUTSIDE.accountId) ?? '';
    expect(spawnSync('sh', ['-n', '-c', script]).status).to.equal(0);
    expect(script).to.match(
      /^set -eu\n\[ "\$\(aws sts get-caller-identity .*\)" = 444455556666 \] \|\|\n.*exit 1; }\n/,
    );
  });

  it('tags what it creates for the cost report, whatever characters the tags have', () => {
    const tags = { Owner: "Ada's team", CostCenter: 'images' };
    const script = ownerCommands({ ...SETTINGS, tags, storage: { ...SETTINGS.storage, ...COPIES } }).get(
      OUTSIDE.accountId,
    );
    // A shell in which aws prints its arguments, and finds nothing that exists already.
    const stub = `aws() {
      case "$2" in
        get-caller-identity) echo ${OUTSIDE.accountId} ;;
        head-bucket | describe-backup-vault) echo None; return 1 ;;
        *) printf '%s\\n' "$@" ;;
      esac
    }`;
    const { stdout, stderr } = spawnSync('sh', ['-c', `${stub}\n${script}`], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    const tagged = tagsOf({ ...SETTINGS, tags });
    const TagSet = Object.entries(tagged).map(([Key, Value]) => ({ Key, Value }));
    expect(stdout.split('\n')).to.include.members([JSON.stringify({ TagSet }), JSON.stringify(tagged)]);
  });

  it('lets S3 write with one role, and nobody read', () => {
    const { Statement } = JSON.parse(replicaPolicy(SETTINGS, originalsReplica));
    const allowed: Arguments[] = Statement.filter(({ Effect }: Arguments) => Effect === 'Allow');
    const actions = allowed.flatMap(({ Action }) => Action);
    expect(actions).to.have.members(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:GetBucketVersioning']);
    for (const { Condition } of allowed)
      expect(Condition).to.deep.equal({ ArnEquals: { 'aws:PrincipalArn': ARNS.replicationRole } });
  });
});
