import { type Check, type Finding, missing, orWell } from './finding.ts';
import type { Site } from './site.ts';
import { answerOf } from './tools.ts';

/** Terraform's provider knows its region. The commands of the guide go to that of the environment, or else to that of the profile. */
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

async function wrongRegions(region: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const told = REGIONS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const all =
    told.length > 0 ? told : [['The region of the profile', await answerOf('aws', 'configure', 'get', 'region')]];
  return all
    .filter(([, value]) => value !== region)
    .map(([name, value]) =>
      missing(
        `${name} is ${value ?? 'not set'}: commands of the guide would not go to ${region}.`,
        REGIONS.map((variable) => `export ${variable}=${region}`).join('; '),
      ),
    );
}

export const credentials: Check = {
  id: 'credentials',
  asksAws: true,
  async look({ aws, accountId, region, environment }: Site): Promise<Finding[]> {
    const { Account, Arn } = await aws()('sts', 'get-caller-identity');
    const account = missing(
      `These are credentials of account ${Account}; ${environment} is in ${accountId}.`,
      'export AWS_PROFILE=YOUR_PROFILE of that account, or put your own account into stacks/environments/account.ts',
    );
    const wrong = [...(Account === accountId ? [] : [account]), ...(await wrongRegions(region, process.env))];
    return orWell(wrong, `They are of ${Arn}.`);
  },
};
