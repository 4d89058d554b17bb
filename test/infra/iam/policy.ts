import { aws } from '../aws-cli.ts';

/** Something asked of AWS, as policies name it. */
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

/** Reads the inline policies of an applied role and answers by them, as IAM does: what no statement allows is denied. */
export async function readPolicy(endpoint: string, roleArn: string): Promise<(access: Access) => boolean> {
  const role = ['--role-name', roleArn.split('/').at(-1) ?? ''];
  const { PolicyNames } = await aws(endpoint, 'iam', 'list-role-policies', ...(role as [string]));
  const documents = await Promise.all(
    PolicyNames.map((name: string) => aws(endpoint, 'iam', 'get-role-policy', ...role, '--policy-name', name)),
  );
  const statements: Statement[] = documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const conditional = statements.find(({ Condition }) => Condition);
  if (conditional) throw new Error(`Nobody here knows what ${JSON.stringify(conditional)} means`);
  return (access) =>
    statements.some((statement) => statement.Effect === 'Allow' && covers(statement, access)) &&
    !statements.some((statement) => statement.Effect === 'Deny' && covers(statement, access));
}
