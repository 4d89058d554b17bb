import { absentOr } from '../target-stack/aws-refusals.ts';
import { resourcesOf, type Stack, type SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, orWell } from './finding.ts';

const namesOf = (stack: Stack, type: string, field = 'name'): string[] =>
  resourcesOf(stack, type).map((values) => values[field]);

/** The resources of the bootstrap's stack that the account lacks. */
async function absentees({ aws, accountId }: SynthesisedEnvironment, stack: Stack): Promise<string[]> {
  const ask = aws();
  const buckets = await Promise.all(
    namesOf(stack, 'aws_s3_bucket', 'bucket').map((bucket) =>
      absentOr(`bucket ${bucket}`, ['404'], ask('s3api', 'head-bucket', '--bucket', bucket)),
    ),
  );
  const policies = await Promise.all(
    namesOf(stack, 'aws_iam_policy').map((name) => {
      const arn = `arn:aws:iam::${accountId}:policy/${name}`;
      return absentOr(`policy ${name}`, ['NoSuchEntity'], ask('iam', 'get-policy', '--policy-arn', arn));
    }),
  );
  const { repositories } = await ask('ecr', 'describe-repositories');
  const { Roles } = await ask('iam', 'list-roles');
  const repositoryNames = repositories.map((each: { repositoryName: string }) => each.repositoryName);
  const roleNames = Roles.map(({ RoleName }: { RoleName: string }) => RoleName);
  return [
    ...[...buckets, ...policies].filter((absent) => absent !== undefined),
    ...namesOf(stack, 'aws_ecr_repository')
      .filter((name) => !repositoryNames.includes(name))
      .map((name) => `repository ${name}`),
    ...namesOf(stack, 'aws_iam_role')
      .filter((name) => !roleNames.includes(name))
      .map((name) => `role ${name}`),
  ];
}

export const bootstrap: Check = {
  id: 'bootstrap',
  asksAws: true,
  async look(checked): Promise<Finding[]> {
    const { accountId, region, bootstrap: own } = checked;
    if (!own)
      return [
        missing(
          `No bootstrap is synthesised for ${accountId} in ${region}.`,
          'name one in ACCOUNTS of stacks/environments/account.ts',
        ),
      ];
    const absent = await absentees(checked, own.stack);
    const wrong = missing(`The account lacks ${absent.join(', ')}.`, `npx cdktf deploy ${own.name}`);
    return orWell(absent.length > 0 ? [wrong] : [], 'State bucket, image repositories, roles and boundary are there.');
  },
};
