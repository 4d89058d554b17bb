import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/**
 * The permissions of an apply on buckets, table and queues: it may create and change them, including their policies and lifecycle rules, but not
 * delete them, because only a person may destroy what holds images. It cannot read their content, but whoever may change policies and roles can
 * grant that, so its jobs need reviewers.
 */
export function storageStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { bucket, logBucket, prefix } = namesOf(deployment);
  const logs = `arn:aws:s3:::${logBucket}`;
  return [
    allow(
      [
        's3:CreateBucket',
        's3:DeleteBucketPolicy',
        's3:PutBucketCORS',
        's3:PutBucketLogging',
        's3:PutBucketOwnershipControls',
        's3:PutBucketPolicy',
        's3:PutBucketPublicAccessBlock',
        's3:PutBucketTagging',
        's3:PutBucketVersioning',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:PutReplicationConfiguration',
      ],
      [`arn:aws:s3:::${bucket}`, logs],
    ),
    // CloudFront writes its logs with an ACL, which it adds with the permissions of whoever enables them.
    allow(['s3:GetBucketAcl', 's3:PutBucketAcl'], logs),
    allow(
      [
        'dynamodb:CreateTable',
        'dynamodb:TagResource',
        'dynamodb:UntagResource',
        'dynamodb:UpdateContinuousBackups',
        'dynamodb:UpdateTable',
        'dynamodb:UpdateTimeToLive',
      ],
      `arn:aws:dynamodb:${region}:${accountId}:table/${prefix}-*`,
    ),
    allow(
      ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue'],
      `arn:aws:sqs:${region}:${accountId}:${prefix}-*`,
    ),
    ...vaultStatements(deployment),
  ];
}

/** The permissions on the vault and plan of the table's backups. They cannot remove a backup or a lock, nor restore a backup. */
function vaultStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const arn = (resource: string) => `arn:aws:backup:${region}:${accountId}:${resource}`;
  const planning = ['backup:CreateBackupPlan', 'backup:TagResource'];
  return [
    allow(
      [
        'backup:CreateBackupVault',
        'backup:PutBackupVaultLockConfiguration',
        'backup:TagResource',
        'backup:UntagResource',
      ],
      arn(`backup-vault:${namesOf(deployment).prefix}-*`),
    ),
    // AWS generates the ids of plans, so tags decide.
    allow(planning, arn('backup-plan:*'), madeFor(environment)),
    allow(
      [
        'backup:CreateBackupSelection',
        'backup:DeleteBackupSelection',
        'backup:UntagResource',
        'backup:UpdateBackupPlan',
        ...planning,
      ],
      arn('backup-plan:*'),
      ownedBy(environment),
    ),
    // Creating a vault needs this too (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html). It supports no resource.
    allow('backup-storage:MountCapsule', '*', { StringEquals: { 'aws:RequestedRegion': region } }),
    allow(
      ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'kms:RetireGrant'],
      `arn:aws:kms:${region}:${accountId}:key/*`,
      { StringEquals: { 'kms:ViaService': `backup.${region}.amazonaws.com` } },
    ),
  ];
}

/**
 * The permissions that the provider needs to compare a storage stack with its real resources. It checks that a bucket exists by HeadBucket,
 * which needs the permission to list the bucket (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html).
 */
export function storageReadingStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { bucket, logBucket, prefix } = namesOf(deployment);
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  return [
    allow(
      [
        's3:GetAccelerateConfiguration',
        's3:GetBucketAcl',
        's3:GetBucketCORS',
        's3:GetBucketLogging',
        's3:GetBucketObjectLockConfiguration',
        's3:GetBucketOwnershipControls',
        's3:GetBucketPolicy',
        's3:GetBucketPublicAccessBlock',
        's3:GetBucketRequestPayment',
        's3:GetBucketTagging',
        's3:GetBucketVersioning',
        's3:GetBucketWebsite',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:GetReplicationConfiguration',
        's3:ListBucket',
      ],
      [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${logBucket}`],
    ),
    allow(
      [
        'dynamodb:DescribeContinuousBackups',
        'dynamodb:DescribeTable',
        'dynamodb:DescribeTimeToLive',
        'dynamodb:ListTagsOfResource',
      ],
      arn('dynamodb', `table/${prefix}-*`),
    ),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags'], arn('sqs', `${prefix}-*`)),
    allow(
      ['backup:DescribeBackupVault', 'backup:GetBackupPlan', 'backup:GetBackupSelection', 'backup:ListTags'],
      [arn('backup', `backup-vault:${prefix}-*`), arn('backup', 'backup-plan:*')],
    ),
  ];
}
