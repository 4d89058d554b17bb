import { APP, accountNames } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import type { Statement } from './policy-document.ts';
import { ENVIRONMENT_STATES } from './state-backend.ts';

/**
 * What the provider reads to compare. Descriptions only: no object of a bucket, no item of a table, no message, and of secrets that of the CDN
 * alone, which stands in listener rules and in the distribution. Most know no resource.
 */
const DESCRIBE = [
  'acm:DescribeCertificate',
  'application-autoscaling:Describe*',
  'application-autoscaling:ListTagsForResource',
  'autoscaling:Describe*',
  'budgets:ListTagsForResource',
  'budgets:ViewBudget',
  'ce:GetAnomaly*',
  'ce:ListTagsForResource',
  'cloudfront:Describe*',
  'cloudfront:Get*',
  'cloudfront:List*',
  'cloudwatch:Describe*',
  'cloudwatch:GetDashboard',
  'cloudwatch:ListTagsForResource',
  'dynamodb:Describe*',
  'dynamodb:ListTagsOfResource',
  'ec2:Describe*',
  'ec2:GetManagedPrefixListEntries',
  'ecs:Describe*',
  'ecs:List*',
  'elasticloadbalancing:Describe*',
  'events:Describe*',
  'events:List*',
  'iam:GetInstanceProfile',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListInstanceProfilesForRole',
  'iam:ListRolePolicies',
  'logs:Describe*',
  'logs:ListTags*',
  's3:GetAccelerateConfiguration',
  's3:GetBucket*',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  'sns:Get*Attributes',
  'sns:List*',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListQueueTags',
  'ssm:DescribeParameters',
  'wafv2:Get*',
  'wafv2:List*',
];

/** Parameters that a plan reads: digests of images, and what the CDN proves itself with, which is in the state anyway. Not the keys of users. */
const PARAMETERS = [`parameter/${APP}/*/images/*`, `parameter/${APP}/*/secrets/origin-verify`];

/** What a plan may do: look, and hold the lock while it looks. */
export function planStatements(account: Account): Statement[] {
  const { accountId, region } = account;
  const state = `arn:aws:s3:::${accountNames(account).stateBucket}`;
  const parameters = PARAMETERS.map((name) => `arn:aws:ssm:${region}:${accountId}:${name}`);
  const locks = `${state}/${ENVIRONMENT_STATES}*.tflock`;
  return [
    { Effect: 'Allow', Action: DESCRIBE, Resource: '*' },
    { Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters'], Resource: parameters },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: [state, `arn:aws:s3:::${APP}-*-${accountId}`] },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `${state}/${ENVIRONMENT_STATES}*` },
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObject'], Resource: locks },
  ];
}
