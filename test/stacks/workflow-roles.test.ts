import { expect } from 'chai';
import { stateKey } from '../../stacks/constructs/state-backend.ts';
import { ACCOUNT_NAMES, bootstrap, type Purpose, STATE_BUCKET, workflowStatements } from '../support/bootstrap.ts';
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
  const may = (purpose: Purpose, action: string, resource: string, context?: Record<string, string>) =>
    allows(workflowStatements(synthesised, purpose), action, resource, context);
  const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::111122223333:${resource}`;
  const images = 'arn:aws:s3:::image-service-prod-images-111122223333';
  const state = `${STATE_BUCKET}/${stateKey('prod', 'platform')}`;

  const ALLOWED: [Purpose, action: string, resource: string, context?: Record<string, string>][] = [
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

  const REFUSED: [Purpose, action: string, resource: string, context?: Record<string, string>][] = [
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
