import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { allow, type Statement } from './policy-document.ts';

/**
 * What S3 does to replicate originals and their delete markers into a bucket with Object Lock
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
    // A bucket's name belongs to whoever takes it first: nobody's bucket but this account's.
    replicaOwner ? { StringEquals: { 'aws:ResourceAccount': replicaOwner } } : undefined,
  ),
];

interface Backups {
  /** ARN of the table. */
  table: string;
  /** ARN of the vault. */
  vault: string;
  /** ARN of the one that backups are copied to, if they are. */
  copyVault?: string | undefined;
  /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE` in the environment's own. */
  regional: (service: string, resource: string) => string;
}

/** What AWS Backup does to back a table up and copy that: of AWSBackupServiceRolePolicyForBackup what is about DynamoDB with advanced features. */
export function backupStatements({ table, vault, copyVault, regional }: Backups): Statement[] {
  const keys = regional('kms', 'key/*');
  const points = regional('backup', 'recovery-point:*');
  return [
    allow(['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'], table),
    allow(['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'], copyVault ? [vault, copyVault] : vault),
    allow('backup:TagResource', points),
    ...(copyVault ? [copyingStatement(points, copyVault)] : []),
    allow('kms:DescribeKey', keys),
    // The key of vaults, AWS's own (`aws/backup`), and nothing but what AWS Backup does with it.
    allow('kms:CreateGrant', keys, { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], keys, {
      StringLike: { 'kms:ViaService': ['backup.*.amazonaws.com', 'dynamodb.*.amazonaws.com'] },
    }),
  ];
}

/**
 * AWS gives backups their ids, so that those of other environments are among them: they can be copied to nowhere else, at least
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html).
 * ForAllValues alone is true of a request that names no target.
 */
const copyingStatement = (points: string, copyVault: string): Statement =>
  allow('backup:CopyFromBackupVault', points, {
    'ForAllValues:ArnLike': { 'backup:CopyTargets': copyVault },
    Null: { 'backup:CopyTargets': 'false' },
  });
