import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/**
 * What an apply may do with buckets, table and queues: make and change them, policies and lifecycle included, but end none. It reads nothing
 * in them by itself; who may change policies and roles can let somebody, so its jobs want reviewers. What holds images is destroyed by a person
 * or not at all.
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
    // CloudFront writes its logs by an ACL that it adds in the name of whoever switches them on.
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

/** Vault and plan of the table's backups: no backup and no lock can be taken away, and none be restored. */
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
    // AWS gives plans their ids.
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
    // What a new vault asks for beside (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html); it knows no resource.
    allow('backup-storage:MountCapsule', '*', { StringEquals: { 'aws:RequestedRegion': region } }),
    allow(
      ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'kms:RetireGrant'],
      `arn:aws:kms:${region}:${accountId}:key/*`,
      { StringEquals: { 'kms:ViaService': `backup.${region}.amazonaws.com` } },
    ),
  ];
}

/**
 * What the provider reads to compare a storage. Whether a bucket is there is asked by HeadBucket, which IAM knows as the right to list it
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html).
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
