import { aws } from '../aws-cli.ts';

/** A request to AWS, as policies name it. */
export interface Access {
  action: string;
  resource: string;
}

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

const list = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);

const fits = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 's').test(value);

const covers = ({ Action, Resource }: Statement, { action, resource }: Access): boolean =>
  list(Action).some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
  list(Resource).some((pattern) => fits(pattern, resource));

/** Decides like IAM: what no statement allows is denied. */
function judge(statements: Statement[]): (access: Access) => boolean {
  const conditional = statements.find(({ Condition }) => Condition);
  if (conditional) throw new Error(`this test does not know what ${JSON.stringify(conditional)} means`);
  return (access) =>
    statements.some((statement) => statement.Effect === 'Allow' && covers(statement, access)) &&
    !statements.some((statement) => statement.Effect === 'Deny' && covers(statement, access));
}

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
