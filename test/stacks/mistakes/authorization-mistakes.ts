import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { add, type Change, type Mistake, statement } from './mistake.ts';

const POLICY = 'worker/task-role-policy';
const permit = (members: object) => statement(POLICY, 'policy', 0, { ...members });
const ALARMS = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:image-service-prod-*';
const tagged = (key: string) => ({ StringEquals: { [`${key}/Environment`]: 'prod' } });

const ISSUER = 'token.actions.githubusercontent.com';
/** Adds a role that jobs of pull requests may assume. */
const preview = (Action: string): Change =>
  add((stack) => {
    const trust = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: 'repo:owner/name:pull_request' },
      },
    };
    const assumeRolePolicy = JSON.stringify({ Statement: [trust] });
    const role = new IamRole(stack, 'preview', { name: 'preview', assumeRolePolicy });
    const Resource = 'arn:aws:s3:::image-service-state-111122223333-us-east-1/environments/*';
    const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource }] });
    new IamRolePolicy(stack, 'preview-policy', { name: 'preview', role: role.name, policy });
  });

export const AUTHORIZATION_MISTAKES: Mistake[] = [
  ['an action that does not exist', 'IMG-IAM-010', permit({ Action: ['s3:ReadObject'] })],
  ['an action of a service that does not exist', 'IMG-IAM-010', permit({ Action: ['elb:CreateRule'] })],
  [
    'a composite alarm allowed by name',
    'IMG-IAM-011',
    permit({ Action: ['cloudwatch:PutCompositeAlarm'], Resource: ALARMS }),
  ],
  [
    'listing log groups allowed by name',
    'IMG-IAM-011',
    permit({
      Action: ['logs:DescribeLogGroups'],
      Resource: 'arn:aws:logs:us-east-1:111122223333:log-group:/image-service/*',
    }),
  ],
  [
    'reading objects allowed on the bucket instead of its objects',
    'IMG-IAM-011',
    permit({ Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::image-service-prod-images-111122223333' }),
  ],
  [
    'deleting a subnet allowed by tags of the request',
    'IMG-IAM-012',
    permit({
      Action: ['ec2:DeleteSubnet'],
      Resource: 'arn:aws:ec2:us-east-1:111122223333:subnet/*',
      Condition: tagged('aws:RequestTag'),
    }),
  ],
  [
    'creating a gateway allowed by tags that it does not have yet',
    'IMG-IAM-012',
    permit({
      Action: ['ec2:CreateInternetGateway'],
      Resource: 'arn:aws:ec2:us-east-1:111122223333:internet-gateway/*',
      Condition: tagged('aws:ResourceTag'),
    }),
  ],
  ['a pull request that may write the state', 'IMG-IAM-013', preview('s3:PutObject')],
  ['creating subnets in any network', 'IMG-IAM-002', permit({ Action: ['ec2:CreateSubnet'], Resource: '*' })],
];
