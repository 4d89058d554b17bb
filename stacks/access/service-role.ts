import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Construct } from 'constructs';
import { suppress } from '../checks/suppressions.ts';
import type { Role } from '../compute/task-role.ts';
import { policyDocument, type Statement } from './policy-document.ts';

interface ServiceRoleProps {
  name: string;
  description: string;
  /** The service of AWS that takes it: `s3.amazonaws.com`. */
  service: string;
  statements: readonly Statement[];
}

/** A role that a service of AWS takes by itself, for what an environment has asked of it. */
export function createServiceRole(scope: Construct, id: string, props: ServiceRoleProps): Role {
  const { name, description, service, statements } = props;
  const role = new IamRole(scope, id, {
    name,
    description,
    assumeRolePolicy: policyDocument({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }),
  });
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html, and AWS Backup's own default role.
  suppress(
    role,
    'IMG-IAM-003',
    'AWS documents this trust without a condition, and does not say that the service sends what one would compare; whoever configures the service must pass the role, which nobody can from another account.',
  );
  const policy = new IamRolePolicy(scope, `${id}-policy`, {
    name: 'permissions',
    role: role.name,
    policy: policyDocument(...statements),
  });
  return { arn: role.arn, policy };
}
