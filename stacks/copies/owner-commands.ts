import { arnsOf, namesOf } from '../../shared/contracts/names.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type {
  CopyDestination,
  EnvironmentSettings,
  ReplicaSettings,
  TableBackupSettings,
} from '../environments/settings.ts';
import { tagsOf } from '../foundation/tags.ts';
import { COOLING_OFF_DAYS, LEAST_KEPT_DAYS } from '../storage/table-backup.ts';
import { denyOldTls, denyPlainText } from '../storage/tls-only.ts';

const quoted = (value: string | number): string => `'${String(value).replaceAll("'", "'\\''")}'`;

/** A command of the AWS CLI. Every argument is in quotes, so that the shell takes JSON as one argument. */
const aws = (region: string, command: string, options: Record<string, string | number | true>): string =>
  [
    `aws ${command} --region ${region}`,
    ...Object.entries(options).map(([name, value]) => (value === true ? `--${name}` : `--${name} ${quoted(value)}`)),
  ].join(' \\\n  ');

/** Runs commands unless another one finds that their work has been done. */
const unless = (found: string, ...commands: string[]): string =>
  `${found} >/dev/null 2>&1 || { ${commands.join(' &&\n')}; }`;

const guard = ({ accountId, region }: CopyDestination): string =>
  `[ "$(aws sts get-caller-identity --region ${region} --query Account --output text)" = ${accountId} ] ||
  { echo 'These are not the credentials of account ${accountId}: nothing was done.' >&2; exit 1; }`;

/** The policy of the replica's bucket: only S3 may write, with one role of the environment's account, and nobody in that account may read. */
export function replicaPolicy(settings: EnvironmentSettings, { copyTo }: ReplicaSettings): string {
  const deployment = deploymentOf(settings);
  const bucket = arnsOf(deployment).replicaBucket(copyTo.accountId);
  const byTheRole: Omit<Statement, 'Action' | 'Resource'> = {
    Effect: 'Allow',
    // The principal is not the role itself: S3 would refuse a policy that names a missing role, and would not recognise a role created again.
    Principal: { AWS: `arn:aws:iam::${settings.accountId}:root` },
    Condition: { ArnEquals: { 'aws:PrincipalArn': arnsOf(deployment).replicationRole } },
  };
  return policyDocument(
    denyPlainText('s3:*', bucket, `${bucket}/*`),
    denyOldTls(bucket, `${bucket}/*`),
    { ...byTheRole, Action: ['s3:ReplicateObject', 's3:ReplicateDelete'], Resource: `${bucket}/*` },
    { ...byTheRole, Action: 's3:GetBucketVersioning', Resource: bucket },
  );
}

/** The lifecycle of the replica: it only removes deleted and replaced versions. Object Lock wins, so locked versions stay until their lock ends. */
const lifecycle = ({ noncurrentDays }: ReplicaSettings): string =>
  JSON.stringify({
    Rules: [
      {
        ID: 'end-what-was-deleted',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
    ],
  });

const tagSetOf = (settings: EnvironmentSettings): { Key: string; Value: string }[] =>
  Object.entries(tagsOf(settings)).map(([Key, Value]) => ({ Key, Value }));

function bucketCommands(settings: EnvironmentSettings, replica: ReplicaSettings): string[] {
  const { accountId, region } = replica.copyTo;
  const bucket = namesOf(deploymentOf(settings)).replicaBucket(accountId);
  const defaultRetention = { Mode: 'COMPLIANCE', Days: replica.lockedDays };
  const lock = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: defaultRetention } };
  const blocked = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  return [
    unless(
      aws(region, 's3api head-bucket', { bucket }),
      aws(region, 's3api create-bucket', {
        bucket,
        // Object Lock switches versioning on, and neither can be switched off again. S3 encrypts with its own key, without KMS.
        'object-lock-enabled-for-bucket': true,
        'object-ownership': 'BucketOwnerEnforced',
        ...(region !== 'us-east-1' && { 'create-bucket-configuration': `LocationConstraint=${region}` }),
      }),
      // For the cost report of that account. Later runs leave the tags as its owner wants them.
      aws(region, 's3api put-bucket-tagging', { bucket, tagging: JSON.stringify({ TagSet: tagSetOf(settings) }) }),
    ),
    aws(region, 's3api put-public-access-block', {
      bucket,
      'public-access-block-configuration': blocked.map((name) => `${name}=true`).join(','),
    }),
    aws(region, 's3api put-object-lock-configuration', {
      bucket,
      'object-lock-configuration': JSON.stringify(lock),
    }),
    aws(region, 's3api put-bucket-lifecycle-configuration', {
      bucket,
      'lifecycle-configuration': lifecycle(replica),
    }),
    aws(region, 's3api put-bucket-policy', { bucket, policy: replicaPolicy(settings, replica) }),
  ];
}

function vaultCommands(
  settings: EnvironmentSettings,
  backups: TableBackupSettings,
  { region }: CopyDestination,
): string[] {
  const vault = { 'backup-vault-name': namesOf(deploymentOf(settings)).copyVault };
  // Allows the account, as AWS documents it: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
  const mayCopy: Statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${settings.accountId}:root` },
    Action: 'backup:CopyIntoBackupVault',
    Resource: '*',
  };
  const describe = aws(region, 'backup describe-backup-vault', vault);
  return [
    unless(
      describe,
      aws(region, 'backup create-backup-vault', { ...vault, 'backup-vault-tags': JSON.stringify(tagsOf(settings)) }),
    ),
    // A compliance lock has a LockDate and cannot be put again. A governance lock has none and may have to become a compliance lock.
    `[ "$(${describe} --query LockDate --output text)" != None ] || ${aws(
      region,
      'backup put-backup-vault-lock-configuration',
      {
        ...vault,
        'min-retention-days': LEAST_KEPT_DAYS,
        ...(backups.lock === 'compliance' && { 'changeable-for-days': COOLING_OFF_DAYS }),
      },
    )}`,
    aws(region, 'backup put-backup-vault-access-policy', { ...vault, policy: policyDocument(mayCopy) }),
    // Copies between accounts need these settings for DynamoDB; new accounts have them already.
    aws(region, 'backup update-region-settings', {
      'resource-type-opt-in-preference': 'DynamoDB=true',
      'resource-type-management-preference': 'DynamoDB=true',
    }),
  ];
}

/**
 * Shell scripts that create the destinations of an environment's copies, by the account whose administrator runs them. They can be run again when
 * settings have changed, because existing resources stay.
 */
export function ownerCommands(settings: EnvironmentSettings): Map<string, string> {
  const { originalsReplica, tableBackups } = settings.storage;
  const parts: [CopyDestination, string[]][] = [];
  if (originalsReplica !== 'off') parts.push([originalsReplica.copyTo, bucketCommands(settings, originalsReplica)]);
  if (tableBackups !== 'off' && tableBackups.copyTo !== 'none')
    parts.push([tableBackups.copyTo, vaultCommands(settings, tableBackups, tableBackups.copyTo)]);
  const accounts = Map.groupBy(parts, ([{ accountId }]) => accountId);
  return new Map(
    [...accounts].map(([accountId, own]) => {
      const [[destination] = []] = own;
      const commands = own.flatMap(([, each]) => each);
      return [accountId, ['set -eu', ...(destination ? [guard(destination)] : []), ...commands, ''].join('\n')];
    }),
  );
}
