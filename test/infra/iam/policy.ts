import { allows, type PolicyStatement } from '../../support/stacks/policies.ts';
import { aws } from '../aws-cli.ts';

/** A request to AWS, as policies name it. */
export interface Access {
  action: string;
  resource: string;
  /** Condition keys that the request has. */
  context?: Record<string, string>;
}

/** Decides like IAM: what no statement allows is denied. */
const judge =
  (statements: PolicyStatement[]) =>
  ({ action, resource, context }: Access): boolean =>
    allows(statements, action, resource, context);

/** Reads the inline policies of an applied role. Returns a function that decides by them. */
export async function readPolicy(endpoint: string, roleArn: string): Promise<(access: Access) => boolean> {
  const role = ['--role-name', roleArn.split('/').at(-1) ?? ''];
  const { PolicyNames } = await aws(endpoint, 'iam', 'list-role-policies', ...(role as [string]));
  const documents = await Promise.all(
    PolicyNames.map((name: string) => aws(endpoint, 'iam', 'get-role-policy', ...role, '--policy-name', name)),
  );
  return judge(documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement));
}

/**
 * Reads the policies of applied VPC endpoints. Returns a function that decides by them; requests to services without an endpoint are
 * allowed.
 */
export async function readEndpoints(endpoint: string): Promise<(access: Access) => boolean> {
  const { VpcEndpoints } = await aws(endpoint, 'ec2', 'describe-vpc-endpoints');
  const policies = new Map<string, (access: Access) => boolean>(
    VpcEndpoints.map(({ ServiceName, PolicyDocument }: { ServiceName: string; PolicyDocument: string }) => [
      ServiceName.split('.').at(-1),
      judge(JSON.parse(PolicyDocument).Statement),
    ]),
  );
  return (access) => policies.get(access.action.split(':')[0] ?? '')?.(access) ?? true;
}
