import { expect } from 'chai';
import type { Workflow } from '../../../shared/contracts/names.ts';
import { stateKey } from '../../../stacks/foundation/state-backend.ts';
import { ACCOUNT_NAMES, bootstrap, STATE_BUCKET, workflowStatements } from '../../support/stacks/bootstrap.ts';
import { all } from '../../support/stacks/entrance.ts';
import { platform } from '../../support/stacks/platform.ts';
import { allows, listOf } from '../../support/stacks/policies.ts';
import { storageStack } from '../../support/stacks/storage.ts';

const READING = /:(Describe|Get|List|View)/;

/** The IAM service of each type of resource; the default is EC2, for networks and templates. */
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
  const may = (workflow: Workflow, action: string, resource: string, context?: Record<string, string>) =>
    allows(workflowStatements(synthesised, workflow), action, resource, context);
  const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::111122223333:${resource}`;
  const images = 'arn:aws:s3:::image-service-prod-images-111122223333';
  const state = `${STATE_BUCKET}/${stateKey('prod', 'platform')}`;
  const ec2 = (resource: string) => regional('ec2', resource);
  const tags = (of: 'Request' | 'Resource') => ({
    [`aws:${of}Tag/Project`]: 'image-service',
    [`aws:${of}Tag/Environment`]: 'prod',
  });
  const MADE = tags('Request');
  const OWN = tags('Resource');
  const UNUSED = { ...OWN, 'aws:ResourceTag/Name': 'image-service-prod-unused' };

  const ALLOWED: [Workflow, action: string, resource: string, context?: Record<string, string>][] = [
    ['preview', 's3:GetObject', `${STATE_BUCKET}/${stateKey('dev', 'platform')}`],
    ['preview', 'ssm:GetParameter', regional('ssm', 'parameter/image-service/dev/images/worker')],
    ['preview', 'ec2:DescribeManagedPrefixLists', '*'],
    ['plan', 's3:GetObject', state],
    ['plan', 's3:PutObject', `${state}.tflock`],
    ['plan', 'ecs:DescribeServices', regional('ecs', 'service/image-service-prod/image-service-prod-worker')],
    ['plan', 'ssm:GetParameter', regional('ssm', 'parameter/image-service/prod/images/worker')],
    ['apply-prod', 's3:PutObject', state],
    ['apply-prod', 'dynamodb:UpdateTable', regional('dynamodb', 'table/image-service-prod-images')],
    ['apply-prod', 'ec2:CreateVpc', ec2('vpc/1'), MADE],
    ['apply-prod', 'ec2:CreateSubnet', ec2('subnet/1'), MADE],
    ['apply-prod', 'ec2:CreateSubnet', ec2('vpc/1'), OWN],
    ['apply-prod', 'ec2:DeleteSubnet', ec2('subnet/1'), OWN],
    ['apply-prod', 'ec2:CreateTags', ec2('vpc/1'), { 'ec2:CreateAction': 'CreateVpc' }],
    ['apply-prod', 'ec2:CreateTags', ec2('vpc/1'), OWN],
    [
      'apply-prod',
      'ec2:CreateTags',
      ec2('security-group/1'),
      { ...MADE, 'aws:RequestTag/Name': 'image-service-prod-unused' },
    ],
    ['apply-prod', 'ec2:RevokeSecurityGroupIngress', ec2('security-group/1'), UNUSED],
    ['apply-prod', 'cloudwatch:PutCompositeAlarm', '*', { 'aws:RequestedRegion': 'eu-west-1' }],
    [
      'apply-prod',
      'autoscaling:CompleteLifecycleAction',
      regional('autoscaling', 'autoScalingGroup:1:autoScalingGroupName/image-service-prod-worker'),
    ],
    [
      'apply-prod',
      'cloudwatch:PutMetricAlarm',
      regional('cloudwatch', 'alarm:TargetTracking-service/image-service-prod/image-service-prod-worker-AlarmHigh-1'),
    ],
    [
      'apply-prod',
      'iam:CreateRole',
      iam('role/image-service-prod-worker'),
      { 'iam:PermissionsBoundary': iam(`policy/${ACCOUNT_NAMES.boundary('prod')}`) },
    ],
    [
      'apply-prod',
      'iam:PassRole',
      iam('role/image-service-prod-worker'),
      { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    ],
    // These are for a CDN that reaches its load balancer inside the network.
    ...['CreateLoadBalancer', 'CreateWebACLAssociation'].map((action): [Workflow, string, string] => [
      'apply-prod',
      `elasticloadbalancing:${action}`,
      regional('elasticloadbalancing', 'loadbalancer/app/image-service-prod-int/1'),
    ]),
    [
      'apply-prod',
      'elasticloadbalancing:CreateRule',
      regional('elasticloadbalancing', 'listener/app/image-service-prod-int/1/2'),
    ],
    // A rollback writes the digests of before.
    ['apply-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/images/worker')],
    ['apply-prod', 'ecr:DescribeImages', regional('ecr', 'repository/image-service/worker')],
    ['apply-prod', 'ecs:DescribeTaskDefinition', '*'],
    ['deploy-prod', 'ecr:PutImage', regional('ecr', 'repository/image-service/worker')],
    ['deploy-prod', 'ecr:DescribeImages', regional('ecr', 'repository/image-service/worker')],
    ['deploy-prod', 'ssm:GetParameters', regional('ssm', 'parameter/image-service/prod/images/worker')],
    ['deploy-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/images/worker')],
  ];
  for (const [workflow, action, resource, context] of ALLOWED) {
    it(`let ${workflow} call ${action} on ${resource}`, () => {
      expect(may(workflow, action, resource, context)).to.equal(true);
    });
  }

  const REFUSED: [Workflow, action: string, resource: string, context?: Record<string, string>][] = [
    ['plan', 's3:PutObject', state],
    ['plan', 'ecs:UpdateService', regional('ecs', 'service/image-service-prod/image-service-prod-worker')],
    ['apply-prod', 's3:GetObject', `${images}/originals/x`],
    ['apply-prod', 's3:DeleteObject', `${images}/originals/x`],
    ['apply-prod', 's3:DeleteBucket', images],
    ['apply-prod', 'dynamodb:DeleteTable', regional('dynamodb', 'table/image-service-prod-images')],
    ['apply-prod', 'sqs:DeleteQueue', regional('sqs', 'image-service-prod-processing')],
    ['apply-prod', 'iam:CreateRole', iam('role/image-service-prod-worker')],
    [
      'apply-prod',
      'iam:PutRolePolicy',
      iam(`role/${ACCOUNT_NAMES.role('apply-prod')}`),
      { 'iam:PermissionsBoundary': iam(`policy/${ACCOUNT_NAMES.boundary('prod')}`) },
    ],
    ['apply-prod', 'iam:UpdateAssumeRolePolicy', iam(`role/${ACCOUNT_NAMES.role('apply-prod')}`)],
    ['apply-prod', 'iam:DeleteRolePermissionsBoundary', iam('role/image-service-prod-worker')],
    ['apply-prod', 'iam:PutRolePermissionsBoundary', iam('role/image-service-prod-worker')],
    ['apply-prod', 'iam:PutRolePolicy', iam('role/image-service-prod-worker')],
    [
      'apply-prod',
      'iam:PassRole',
      iam('role/image-service-prod-worker'),
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['apply-prod', 'sqs:PurgeQueue', regional('sqs', 'image-service-prod-processing')],
    ['apply-prod', 'sqs:ReceiveMessage', regional('sqs', 'image-service-prod-processing')],
    ['apply-prod', 'iam:CreatePolicyVersion', iam(`policy/${ACCOUNT_NAMES.boundary('prod')}`)],
    ['apply-prod', 'iam:AttachRolePolicy', iam('role/image-service-prod-worker')],
    ['apply-prod', 'iam:PassRole', iam('role/admin'), { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    ['apply-prod', 'ec2:CreateVpc', ec2('vpc/1')],
    ['apply-prod', 'ec2:CreateVpc', 'arn:aws:ec2:ap-south-1:111122223333:vpc/1', MADE],
    ['apply-prod', 'ec2:DeleteSubnet', ec2('subnet/1')],
    ['apply-prod', 'ec2:CreateTags', ec2('vpc/1'), MADE],
    ['apply-prod', 'ec2:CreateTags', ec2('vpc/1'), { ...OWN, 'aws:RequestTag/Environment': 'dev' }],
    ['apply-prod', 'ec2:AuthorizeSecurityGroupIngress', ec2('security-group/1'), UNUSED],
    ['apply-prod', 'ec2:CreateTags', ec2('security-group/1'), { ...UNUSED, 'aws:TagKeys': 'Name' }],
    ['apply-prod', 'ec2:RunInstances', ec2('instance/1'), MADE],
    ['apply-prod', 'ecs:PutAccountSettingDefault', '*', { 'aws:RequestedRegion': 'eu-west-1' }],
    ['apply-prod', 's3:PutBucketWebsite', images],
    ['apply-prod', 's3:PutObject', `${STATE_BUCKET}/bootstrap.tfstate`],
    ['apply-prod', 's3:GetObject', `${STATE_BUCKET}/${stateKey('dev', 'platform')}`],
    ['apply-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/secrets/api-keys')],
    ['apply-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/dev/images/worker')],
    ['apply-prod', 'ecr:PutImage', regional('ecr', 'repository/image-service/worker')],
    ['deploy-prod', 'ecr:PutImage', regional('ecr', 'repository/another')],
    ['deploy-prod', 'ecr:DeleteRepository', regional('ecr', 'repository/image-service/worker')],
    ['deploy-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/prod/secrets/api-keys')],
    ['deploy-prod', 'ssm:PutParameter', regional('ssm', 'parameter/image-service/dev/images/worker')],
    ['deploy-prod', 'ecs:UpdateService', regional('ecs', 'service/image-service-prod/image-service-prod-worker')],
  ];
  for (const [workflow, action, resource, context] of REFUSED) {
    it(`forbid ${workflow} to call ${action} on ${resource}`, () => {
      expect(may(workflow, action, resource, context)).to.equal(false);
    });
  }

  it('stay within IAM’s limits: 6,144 characters in a managed policy, ten of those per role, and 10,240 characters inline', () => {
    const longest = bootstrap({
      region: 'ap-southeast-1',
      githubEnvironments: ['twelvesigns1'],
      previewEnvironments: [],
    });
    for (const { policy } of all(longest, 'iam_policy')) expect(policy.length).to.be.at.most(6144);
    for (const { policy } of all(longest, 'iam_role_policy')) expect(policy.length).to.be.at.most(10_240);
    const attached = all(synthesised, 'iam_role_policy_attachment').map(({ role }) => role);
    for (const role of attached) expect(attached.filter((each) => each === role).length).to.be.at.most(10);
  });

  it('let apply change every type of resource in the stacks', () => {
    const stacks = [storageStack(), platform()];
    const types = new Set(stacks.flatMap(({ resource }) => Object.keys(resource)));
    const actions = workflowStatements(synthesised, 'apply-prod').flatMap(({ Action }) => listOf(Action));
    const changed = new Set(actions.filter((action) => !READING.test(action)).map((action) => action.split(':')[0]));
    expect(types.size).to.be.above(40);
    expect([...types].filter((type) => !changed.has(iamServiceOf(type)))).to.deep.equal([]);
  });
});
