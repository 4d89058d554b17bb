import { expect } from 'chai';
import type { WorkflowPurpose } from '../../shared/contracts/naming.ts';
import { stateKey } from '../../stacks/constructs/state-backend.ts';
import { ACCOUNT_NAMES, bootstrap, STATE_BUCKET, workflowStatements } from '../support/bootstrap.ts';
import { all } from '../support/entrance.ts';
import { platform } from '../support/platform.ts';
import { allows, listOf } from '../support/policies.ts';
import { storageStack } from '../support/storage.ts';

const READING = /:(Describe|Get|List|View)/;

/** Under which service IAM knows a kind of resource; networks and templates are EC2's. */
const IAM_SERVICES: [type: RegExp, service: string][] = [
  [/^aws_appautoscaling_/, 'application-autoscaling'],
  [/^aws_cloudwatch_event_/, 'events'],
  [/^aws_cloudwatch_(log|query)_/, 'logs'],
  [/^aws_lb/, 'elasticloadbalancing'],
  [/^aws_(autoscaling|budgets|ce|cloudfront|cloudwatch|dynamodb|ecs|iam|s3|sns|sqs|ssm|wafv2)_/, ''],
];

const iamServiceOf = (type: string): string => {
  const [pattern, service] = IAM_SERVICES.find(([pattern]) => pattern.test(type)) ?? [];
  return service || (pattern?.exec(type)?.[1] ?? 'ec2');
};

describe('roles of workflows', () => {
  const synthesised = bootstrap();
  const may = (purpose: WorkflowPurpose, action: string, resource: string, context?: Record<string, string>) =>
    allows(workflowStatements(synthesised, purpose), action, resource, context);
  const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::111122223333:${resource}`;
  const images = 'arn:aws:s3:::image-service-prod-images-111122223333';
  const state = `${STATE_BUCKET}/${stateKey('prod', 'platform')}`;

  /** What reveals the secret of the CDN, ids of images, or anything of another environment. */
  const REVEALING: [action: string, resource: string][] = [
    ['ssm:GetParameter', regional('ssm', 'parameter/image-service/prod/secrets/origin-verify')],
    ['ssm:GetParameter', regional('ssm', 'parameter/image-service/dev/secrets/api-keys')],
    ['ssm:GetParametersByPath', regional('ssm', 'parameter/image-service')],
    ['ssm:GetParameterHistory', regional('ssm', 'parameter/image-service/prod/secrets/origin-verify')],
    ['cloudfront:GetDistribution', '*'],
    ['cloudfront:GetDistributionConfig', '*'],
    ['elasticloadbalancing:DescribeRules', '*'],
    ['wafv2:GetWebACL', '*'],
    ['wafv2:GetRuleGroup', '*'],
    ['s3:ListBucket', images],
    ['s3:ListBucketVersions', images],
    ['s3:ListBucketMultipartUploads', images],
    ['s3:GetObject', `${images}/originals/x`],
    ['s3:GetObject', 'arn:aws:s3:::image-service-prod-logs-111122223333/cdn/x'],
    ['s3:GetObject', state],
    ['s3:GetObjectVersion', `${STATE_BUCKET}/${stateKey('dev', 'platform')}`],
    ['dynamodb:Scan', regional('dynamodb', 'table/image-service-prod-images')],
    ['logs:GetLogEvents', '*'],
    ['logs:FilterLogEvents', '*'],
    ['ecs:ExecuteCommand', '*'],
    ['sts:AssumeRole', '*'],
  ];
  for (const [action, resource] of REVEALING) {
    it(`do not let a pull request call ${action} on ${resource}`, () => {
      expect(may('preview', action, resource)).to.equal(false);
    });
  }

  it('let a pull request write nothing, a lock included', () => {
    const actions = workflowStatements(synthesised, 'preview').flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => !READING.test(action))).to.deep.equal([]);
    expect(actions.filter((action) => action.includes('*'))).to.deep.equal([]);
  });

  const ALLOWED: [WorkflowPurpose, action: string, resource: string, context?: Record<string, string>][] = [
    ['preview', 's3:GetObject', `${STATE_BUCKET}/${stateKey('dev', 'platform')}`],
    ['preview', 'ssm:GetParameter', regional('ssm', 'parameter/image-service/dev/images/worker')],
    ['preview', 'ec2:DescribeAvailabilityZones', '*'],
    ['plan', 's3:GetObject', state],
    ['plan', 's3:PutObject', `${state}.tflock`],
    ['plan', 'ecs:DescribeServices', '*'],
    ['plan', 'ssm:GetParameter', regional('ssm', 'parameter/image-service/prod/images/worker')],
    ['apply', 's3:PutObject', state],
    ['apply', 'dynamodb:UpdateTable', regional('dynamodb', 'table/image-service-prod-images')],
    ['apply', 'ec2:CreateVpc', '*', { 'aws:RequestedRegion': 'eu-west-1' }],
    [
      'apply',
      'autoscaling:CompleteLifecycleAction',
      regional('autoscaling', 'autoScalingGroup:1:autoScalingGroupName/image-service-prod-worker'),
    ],
    ['apply', 'cloudwatch:PutMetricAlarm', regional('cloudwatch', 'alarm:TargetTracking-service/x-AlarmHigh-1')],
    [
      'apply',
      'iam:CreateRole',
      iam('role/image-service-prod-worker'),
      { 'iam:PermissionsBoundary': iam(`policy/${ACCOUNT_NAMES.boundary}`) },
    ],
    [
      'apply',
      'iam:PassRole',
      iam('role/image-service-prod-worker'),
      { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    ],
    ['deploy', 'ecr:PutImage', regional('ecr', 'repository/image-service/worker')],
    ['deploy', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/images/worker')],
  ];
  for (const [purpose, action, resource, context] of ALLOWED) {
    it(`let ${purpose} call ${action} on ${resource}`, () => {
      expect(may(purpose, action, resource, context)).to.equal(true);
    });
  }

  const REFUSED: [WorkflowPurpose, action: string, resource: string, context?: Record<string, string>][] = [
    ['plan', 's3:PutObject', state],
    ['plan', 's3:GetObject', `${images}/originals/x`],
    ['plan', 'dynamodb:Query', regional('dynamodb', 'table/image-service-prod-images')],
    ['plan', 'ssm:GetParameter', regional('ssm', 'parameter/image-service/prod/secrets/api-keys')],
    ['plan', 'ecs:UpdateService', regional('ecs', 'service/image-service-prod/image-service-prod-worker')],
    ['apply', 's3:GetObject', `${images}/originals/x`],
    ['apply', 's3:DeleteObject', `${images}/originals/x`],
    ['apply', 's3:DeleteBucket', images],
    ['apply', 'dynamodb:DeleteTable', regional('dynamodb', 'table/image-service-prod-images')],
    ['apply', 'sqs:DeleteQueue', regional('sqs', 'image-service-prod-processing')],
    ['apply', 'iam:CreateRole', iam('role/image-service-prod-worker')],
    [
      'apply',
      'iam:PutRolePolicy',
      iam(`role/${ACCOUNT_NAMES.role('apply')}`),
      { 'iam:PermissionsBoundary': iam(`policy/${ACCOUNT_NAMES.boundary}`) },
    ],
    ['apply', 'iam:UpdateAssumeRolePolicy', iam(`role/${ACCOUNT_NAMES.role('apply')}`)],
    ['apply', 'iam:DeleteRolePermissionsBoundary', iam('role/image-service-prod-worker')],
    ['apply', 'iam:PutRolePermissionsBoundary', iam('role/image-service-prod-worker')],
    ['apply', 'iam:PutRolePolicy', iam('role/image-service-prod-worker')],
    ['apply', 'iam:PassRole', iam('role/image-service-prod-worker'), { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['apply', 'sqs:PurgeQueue', regional('sqs', 'image-service-prod-processing')],
    ['apply', 'sqs:ReceiveMessage', regional('sqs', 'image-service-prod-processing')],
    ['apply', 'iam:CreatePolicyVersion', iam(`policy/${ACCOUNT_NAMES.boundary}`)],
    ['apply', 'iam:AttachRolePolicy', iam('role/image-service-prod-worker')],
    ['apply', 'iam:PassRole', iam('role/admin'), { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    ['apply', 'ec2:CreateVpc', '*', { 'aws:RequestedRegion': 'ap-south-1' }],
    ['apply', 's3:PutObject', `${STATE_BUCKET}/bootstrap.tfstate`],
    ['deploy', 'ecr:PutImage', regional('ecr', 'repository/another')],
    ['deploy', 'ecr:DeleteRepository', regional('ecr', 'repository/image-service/worker')],
    ['deploy', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/secrets/api-keys')],
    ['deploy', 'ecs:UpdateService', regional('ecs', 'service/image-service-prod/image-service-prod-worker')],
  ];
  for (const [purpose, action, resource, context] of REFUSED) {
    it(`do not let ${purpose} call ${action} on ${resource}`, () => {
      expect(may(purpose, action, resource, context)).to.equal(false);
    });
  }

  it('are small enough for IAM: 10,240 characters of policies in a role', () => {
    for (const { policy } of all(synthesised, 'iam_role_policy')) expect(policy.length).to.be.below(10_240);
  });

  it('let apply change every kind of resource that stacks are made of', () => {
    const stacks = [storageStack(), platform()];
    const types = new Set(stacks.flatMap(({ resource }) => Object.keys(resource)));
    const actions = workflowStatements(synthesised, 'apply').flatMap(({ Action }) => listOf(Action));
    const changed = new Set(actions.filter((action) => !READING.test(action)).map((action) => action.split(':')[0]));
    expect(types.size).to.be.above(40);
    expect([...types].filter((type) => !changed.has(iamServiceOf(type)))).to.deep.equal([]);
  });
});
