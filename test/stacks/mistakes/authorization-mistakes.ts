import { type Mistake, statement } from './mistake.ts';

const POLICY = 'worker/task-role-policy';
const permit = (members: object) => statement(POLICY, 'policy', 0, { ...members });
const ALARMS = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:image-service-prod-*';
const tagged = (key: string) => ({ StringEquals: { [`${key}/Environment`]: 'prod' } });

export const AUTHORIZATION_MISTAKES: Mistake[] = [
  ['an action that there is not', 'IMG-IAM-010', permit({ Action: ['s3:ReadObject'] })],
  ['an action of a service that there is not', 'IMG-IAM-010', permit({ Action: ['elb:CreateRule'] })],
  [
    'a composite alarm by its name, which is refused',
    'IMG-IAM-011',
    permit({ Action: ['cloudwatch:PutCompositeAlarm'], Resource: ALARMS }),
  ],
  [
    'log groups looked for by their names',
    'IMG-IAM-011',
    permit({
      Action: ['logs:DescribeLogGroups'],
      Resource: 'arn:aws:logs:us-east-1:111122223333:log-group:/image-service/*',
    }),
  ],
  [
    'an object read by the right to its bucket',
    'IMG-IAM-011',
    permit({ Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::image-service-prod-images-111122223333' }),
  ],
  [
    'a network changed by the tags of the request',
    'IMG-IAM-012',
    permit({
      Action: ['ec2:DeleteSubnet'],
      Resource: 'arn:aws:ec2:us-east-1:111122223333:subnet/*',
      Condition: tagged('aws:RequestTag'),
    }),
  ],
  [
    'a network made by tags that it does not have yet',
    'IMG-IAM-012',
    permit({
      Action: ['ec2:CreateInternetGateway'],
      Resource: 'arn:aws:ec2:us-east-1:111122223333:internet-gateway/*',
      Condition: tagged('aws:ResourceTag'),
    }),
  ],
  ['a subnet of whatever network', 'IMG-IAM-002', permit({ Action: ['ec2:CreateSubnet'], Resource: '*' })],
];
