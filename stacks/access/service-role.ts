import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Construct } from 'constructs';
import { suppress } from '../checks/suppressions.ts';
import type { Role } from '../compute/task-role.ts';
import { policyDocument, type Statement } from './policy-document.ts';

interface ServiceRoleProps {
  name: string;
  description: string;
  /** The AWS service that assumes the role, such as `s3.amazonaws.com`. */
  service: string;
  statements: readonly Statement[];
}

/** A role that an AWS service assumes to do what an environment has configured, such as replication. */
export function createServiceRole(scope: Construct, id: string, props: ServiceRoleProps): Role {
  const { name, description, service, statements } = props;
  const role = new IamRole(scope, id, {
    name,
    description,
    assumeRolePolicy: policyDocument({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }),
  });
  // See https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and AWS Backup's default role.
  suppress(
    role,
    'IMG-IAM-003',
    'AWS documents this trust without a condition, and does not say that the service sends a source account or ARN to compare. Whoever configures the service must pass the role to it, which nobody in another account can do.',
  );
  const policy = new IamRolePolicy(scope, `${id}-policy`, {
    name: 'permissions',
    role: role.name,
    policy: policyDocument(...statements),
  });
  return { arn: role.arn, policy };
}
