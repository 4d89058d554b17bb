import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { App, Fn, TerraformStack } from 'cdktf';
import { expect } from 'chai';
import { readPolicy } from '../../../stacks/checks/access/policy-statements.ts';
import { Inventory } from '../../../stacks/checks/inventory.ts';

const stack = new TerraformStack(new App(), 'stack');
const bucket = new S3Bucket(stack, 'bucket', { bucket: 'pictures' });
const expected = {
  allows: true,
  actions: ['s3:GetObject'],
  resources: [`\${aws_s3_bucket.bucket.arn}`],
  principals: [],
  conditions: [{ operator: 'StringEquals', key: 'aws:SourceAccount', values: ['1', '2'] }],
};
const json = {
  Statement: [
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: [bucket.arn],
      Condition: { StringEquals: { 'aws:SourceAccount': ['1', '2'] } },
    },
  ],
};
const document = new DataAwsIamPolicyDocument(stack, 'document', {
  statement: [
    {
      actions: ['s3:GetObject'],
      resources: [bucket.arn],
      condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: ['1', '2'] }],
    },
  ],
});
const WAYS = { JSON: JSON.stringify(json), jsonencode: Fn.jsonencode(json), 'a data source': document.json };

describe('Inventory', () => {
  const inventory = new Inventory(stack);

  it('finds the resource of a reference', () => {
    expect(inventory.target(`\${aws_s3_bucket.bucket.id}/*`)?.path).to.equal('stack/bucket');
    expect(inventory.target('pictures')).to.equal(undefined);
    expect(inventory.target(`\${aws_s3_bucket.other.id}`)).to.equal(undefined);
  });

  it('finds a resource by its name', () => {
    expect(inventory.named('aws_s3_bucket', 'pictures', 'bucket')?.path).to.equal('stack/bucket');
    expect(inventory.named('aws_s3_bucket', undefined, 'bucket')).to.equal(undefined);
    expect(inventory.named('aws_s3_bucket', `\${aws_sqs_queue.bucket.id}`, 'bucket')).to.equal(undefined);
  });

  for (const [way, policy] of Object.entries(WAYS)) {
    it(`reads a policy written as ${way}`, () => {
      const role = new IamRolePolicy(stack, way.replace(/\W/g, ''), { role: 'role', policy });
      expect(readPolicy(inventory.read(role)?.values.policy, inventory)).to.deep.equal([expected]);
    });
  }

  it('treats any other policy as unknown', () => {
    expect(readPolicy(`\${file("policy.json")}`, inventory)).to.equal(undefined);
    expect(readPolicy(undefined, inventory)).to.equal(undefined);
  });
});
