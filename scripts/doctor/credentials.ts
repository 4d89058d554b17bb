import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, orWell } from './finding.ts';
import { answerOf } from './tools.ts';

/** Terraform's provider has its region in the stack. The guide's commands use the region of these variables, or else of the profile. */
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

async function wrongRegions(region: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const told = REGIONS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const all =
    told.length > 0 ? told : [['The region of the profile', await answerOf('aws', 'configure', 'get', 'region')]];
  return all
    .filter(([, value]) => value !== region)
    .map(([name, value]) =>
      missing(
        `${name} is ${value ?? 'not set'}: the guide's commands would not run in ${region}.`,
        REGIONS.map((variable) => `export ${variable}=${region}`).join('; '),
      ),
    );
}

export const credentials: Check = {
  id: 'credentials',
  asksAws: true,
  async look({ aws, accountId, region, environment }: SynthesisedEnvironment): Promise<Finding[]> {
    const { Account, Arn } = await aws()('sts', 'get-caller-identity');
    const account = missing(
      `These are credentials of account ${Account}, but ${environment} is in ${accountId}.`,
      'export AWS_PROFILE=YOUR_PROFILE with a profile of that account, or put your own account into stacks/environments/account.ts',
    );
    const wrong = [...(Account === accountId ? [] : [account]), ...(await wrongRegions(region, process.env))];
    return orWell(wrong, `They belong to ${Arn}.`);
  },
};
