import { expect } from 'chai';
import type { Call } from './called-actions.ts';
import { calledRights, type Known, learn } from './called-rights.ts';

const ACCOUNT = '111122223333';
const TAGS = { Key: 'Environment', Value: 'dev' };
const form = (service: string, parameters: Record<string, string>): Call => ({
  service,
  region: 'eu-west-1',
  method: 'POST',
  url: '/',
  operation: parameters.Action ?? '',
  body: new URLSearchParams(parameters).toString(),
});
const rest = (service: string, method: string, url: string): Call => ({
  ...form(service, {}),
  method,
  url,
});
const tagged = (kind: string) => ({
  'TagSpecification.1.ResourceType': kind,
  'TagSpecification.1.Tag.1.Key': TAGS.Key,
  'TagSpecification.1.Tag.1.Value': TAGS.Value,
  'TagSpecification.1.Tag.2.Key': 'Project',
  'TagSpecification.1.Tag.2.Value': 'image-service',
});
const vpc = (id: string) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc/${id}`;

describe('rights that a call needs', () => {
  const known: Known = new Map();
  const rightsOf = (call: Call) => calledRights(call, ACCOUNT, known);

  it('include creating a resource with the tags of the request, and tagging it at creation', () => {
    const rights = rightsOf(form('ec2', { Action: 'CreateVpc', ...tagged('vpc') }));
    expect(rights.map(({ action, resource }) => `${action} on ${resource}`)).to.deep.equal([
      `ec2:CreateVpc on ${vpc('new')}`,
      `ec2:CreateTags on ${vpc('new')}`,
    ]);
    for (const { context } of rights) expect(context).to.include({ 'aws:RequestTag/Environment': 'dev' });
    expect(rights[1]?.context).to.include({ 'ec2:CreateAction': 'CreateVpc' });
  });

  it('include using a resource with the tags that it was created with', () => {
    const made = form('ec2', { Action: 'CreateVpc', ...tagged('vpc') });
    learn(made, '<vpcId>vpc-0123456789abcdef0</vpcId>', known);
    const rights = rightsOf(
      form('ec2', { Action: 'CreateSubnet', VpcId: 'vpc-0123456789abcdef0', ...tagged('subnet') }),
    );
    const used = rights.find(({ resource }) => resource === vpc('vpc-0123456789abcdef0'));
    expect(used?.context).to.include({ 'aws:ResourceTag/Environment': 'dev' });
  });

  it('include passing a role to the service that assumes it', () => {
    const call = form('iam', { Action: 'AddRoleToInstanceProfile', InstanceProfileName: 'p', RoleName: 'r' });
    expect(rightsOf(call).slice(1)).to.deep.equal([
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${ACCOUNT}:role/r`,
        context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      },
    ]);
  });

  const CALLS: [call: Call, action: string, resource: string][] = [
    [rest('s3', 'DELETE', '/images?encryption='), 's3:PutEncryptionConfiguration', 'arn:aws:s3:::images'],
    [rest('s3', 'DELETE', '/images'), 's3:DeleteBucket', 'arn:aws:s3:::images'],
    [rest('s3', 'GET', '/state?list-type=2&prefix=environments'), 's3:ListBucket', 'arn:aws:s3:::state'],
    [rest('s3', 'GET', '/state/environments/a.tfstate'), 's3:GetObject', 'arn:aws:s3:::state/environments/a.tfstate'],
    [rest('s3', 'DELETE', '/state/a.tflock'), 's3:DeleteObject', 'arn:aws:s3:::state/a.tflock'],
    [
      { ...form('ecr', {}), operation: 'PutImage', body: '{"repositoryName":"image-service/worker"}' },
      'ecr:PutImage',
      `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/image-service/worker`,
    ],
    [
      { ...form('ssm', {}), operation: 'GetParameters', body: '{"Names":["/a/b"]}' },
      'ssm:GetParameters',
      `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/a/b`,
    ],
    [
      rest('cloudfront', 'PUT', '/2020-05-31/distribution/E1/config'),
      'cloudfront:UpdateDistribution',
      `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
    ],
    [rest('cloudfront', 'POST', '/2020-05-31/cache-policy'), 'cloudfront:CreateCachePolicy', '*'],
    [form('monitoring', { Action: 'PutCompositeAlarm', AlarmName: 'a' }), 'cloudwatch:PutCompositeAlarm', '*'],
  ];
  for (const [call, action, resource] of CALLS) {
    it(`are ${action} on ${resource} for ${call.method} ${call.url} ${call.operation}`, () => {
      expect(rightsOf(call)[0]).to.include({ action, resource });
    });
  }

  it('are an error where they are unknown', () => {
    expect(() => rightsOf(rest('s3', 'PUT', '/images?unheard-of='))).to.throw(/does not know what right PUT/);
    expect(() => rightsOf(form('ec2', { Action: 'InventVpc' }))).to.throw(/does not know what right .*ec2:InventVpc/);
    expect(() => rightsOf(form('ec2', { Action: 'DeleteVpc' }))).to.throw(/does not know what ec2:DeleteVpc is about/);
  });
});
