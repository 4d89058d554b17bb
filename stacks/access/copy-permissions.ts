import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { allow, type Statement } from './policy-document.ts';

/**
 * The permissions that S3 needs to replicate originals and their delete markers into a bucket with Object Lock
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and object-lock-managing.html there).
 */
export const replicationStatements = (bucket: string, replica: string, replicaOwner?: string): Statement[] => [
  allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], bucket),
  allow(
    [
      's3:GetObjectLegalHold',
      's3:GetObjectRetention',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersionTagging',
    ],
    `${bucket}/${KEY_PREFIXES.originals}*`,
  ),
  allow(
    ['s3:ReplicateDelete', 's3:ReplicateObject'],
    `${replica}/${KEY_PREFIXES.originals}*`,
    // Anybody may register a bucket name that is free, so the bucket must belong to this account.
    replicaOwner ? { StringEquals: { 'aws:ResourceAccount': replicaOwner } } : undefined,
  ),
];

interface Backups {
  /** The ARN of the table. */
  table: string;
  /** The ARN of the vault. */
  vault: string;
  /** The ARN of the vault that backups are copied to, if they are. */
  copyVault?: string | undefined;
  /** Returns `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE` for the environment's region and account. */
  regional: (service: string, resource: string) => string;
}

/**
 * The permissions that AWS Backup needs to back up a table and copy the backups: the part of AWSBackupServiceRolePolicyForBackup that concerns
 * DynamoDB with advanced features.
 */
export function backupStatements({ table, vault, copyVault, regional }: Backups): Statement[] {
  const keys = regional('kms', 'key/*');
  const points = regional('backup', 'recovery-point:*');
  return [
    allow(['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'], table),
    allow(['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'], copyVault ? [vault, copyVault] : vault),
    allow('backup:TagResource', points),
    ...(copyVault ? [copyingStatement(points, copyVault)] : []),
    allow('kms:DescribeKey', keys),
    // Vaults are encrypted with AWS's own key `aws/backup`; only AWS Backup's use of it is allowed.
    allow('kms:CreateGrant', keys, { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], keys, {
      StringLike: { 'kms:ViaService': ['backup.*.amazonaws.com', 'dynamodb.*.amazonaws.com'] },
    }),
  ];
}

/**
 * AWS generates the ids of backups, so backups of other environments cannot be excluded here. At least they can be copied to no other vault
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html). The Null condition is needed because ForAllValues
 * alone also matches a request that names no target.
 */
const copyingStatement = (points: string, copyVault: string): Statement =>
  allow('backup:CopyFromBackupVault', points, {
    'ForAllValues:ArnLike': { 'backup:CopyTargets': copyVault },
    Null: { 'backup:CopyTargets': 'false' },
  });
