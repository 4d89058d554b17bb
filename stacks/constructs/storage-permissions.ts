import { APP } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import type { Statement } from './policy-document.ts';

/**
 * What an apply may do with buckets, table and queues: make and change them, policies and lifecycle included, but end none. It reads nothing
 * in them by itself; who may change policies and roles can let somebody, so its jobs want reviewers. What holds images is destroyed by a person
 * or not at all.
 */
export function storageStatements({ accountId, region }: Account): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: [
        's3:CreateBucket',
        's3:PutBucket*',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:DeleteBucketPolicy',
      ],
      Resource: ['images', 'logs'].map((kind) => `arn:aws:s3:::${APP}-*-${kind}-${accountId}`),
    },
    {
      Effect: 'Allow',
      Action: [
        'dynamodb:CreateTable',
        'dynamodb:TagResource',
        'dynamodb:UntagResource',
        'dynamodb:UpdateContinuousBackups',
        'dynamodb:UpdateTable',
        'dynamodb:UpdateTimeToLive',
      ],
      Resource: `arn:aws:dynamodb:${region}:${accountId}:table/${APP}-*`,
    },
    {
      Effect: 'Allow',
      Action: ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue'],
      Resource: `arn:aws:sqs:${region}:${accountId}:${APP}-*`,
    },
  ];
}
