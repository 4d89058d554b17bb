import type { Check, Finding } from './finding.ts';
import { missing, orWell } from './finding.ts';
import type { Site } from './site.ts';

/** What Terraform does not need, because its provider knows its region, and the CLI of the guide does. */
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

const regionsOf = (region: string, env: NodeJS.ProcessEnv): Finding[] =>
  REGIONS.filter((name) => env[name] !== region).map((name) =>
    missing(
      `${name} is ${env[name] ?? 'not set'}, so that commands of the guide would go to another region.`,
      `export ${name}=${region}`,
    ),
  );

export const credentials: Check = {
  id: 'credentials',
  asksAws: true,
  async look({ aws, accountId, region, environment }: Site): Promise<Finding[]> {
    const { Account, Arn } = await aws()('sts', 'get-caller-identity');
    const account = missing(
      `These are credentials of account ${Account}; ${environment} is in ${accountId}.`,
      'export AWS_PROFILE=YOUR_PROFILE of that account, or put your own account into stacks/environments/account.ts',
    );
    const wrong = [...(Account === accountId ? [] : [account]), ...regionsOf(region, process.env)];
    return orWell(wrong, `They are of ${Arn}.`);
  },
};
