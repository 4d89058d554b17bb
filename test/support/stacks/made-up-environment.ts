import type { Check } from '../../../scripts/doctor/finding.ts';
import { runCheck } from '../../../scripts/doctor/run-checks.ts';
import { refusalOf } from '../../../scripts/target-stack/aws-cli.ts';
import type { Stack, SynthesisedEnvironment } from '../../../scripts/target-stack/synthesised-environment.ts';

/** Answers of AWS by service and command, such as `ec2 describe-vpcs`, or the code and message of an error. */
export type Answers = Record<string, object | [code: string, operation: string, sentence?: string]>;

const tags = { Environment: 'dev', Project: 'image-service' };

export const stackOf = (resource: Stack['resource']): Stack => ({
  provider: { aws: [{ region: 'us-east-1', allowed_account_ids: ['210987654321'], default_tags: [{ tags }] }] },
  resource,
});

interface MadeUp {
  platform?: Stack['resource'];
  /** Platforms of other environments in the account. */
  others?: Record<string, Stack['resource']>;
  answers?: Answers;
}

/** An environment `dev` whose platform has these resources, in an AWS that gives only these answers. */
export function madeUpEnvironment({ platform = {}, others = {}, answers = {} }: MadeUp): SynthesisedEnvironment {
  const stack = stackOf(platform);
  const rest = Object.entries(others).map(([name, resource]) => [name, stackOf(resource)]);
  return {
    ...{ environment: 'dev', accountId: '210987654321', region: 'us-east-1', folder: '/nowhere' },
    ...{ platform: stack, storage: stackOf({}), platforms: { dev: stack, ...Object.fromEntries(rest) } },
    aws: () => async (service, command) => {
      const answer = answers[`${service} ${command}`];
      if (!answer) throw new Error(`the test has no answer for aws ${service} ${command}`);
      if (!Array.isArray(answer)) return answer;
      const [code, operation, sentence = ''] = answer;
      throw refusalOf(
        `aws ${service} ${command}: An error occurred (${code}) when calling the ${operation} operation: ${sentence}`,
      );
    },
  };
}

/** The findings of a check for a site, as `outcome: sentence`. */
export const saidOf = async (check: Check, site: SynthesisedEnvironment): Promise<string[]> =>
  (await runCheck(check, site)).map(({ outcome, what }) => `${outcome}: ${what}`);
