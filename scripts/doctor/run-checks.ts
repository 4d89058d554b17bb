import pMap from 'p-map';
import { CommandError } from '../command-line.ts';
import { permissionLacking } from '../target-stack/aws-refusals.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { CHECKS } from './checks.ts';
import { credentials } from './credentials.ts';
import { type Check, type Finding, missing, unseen } from './finding.ts';

export interface CheckResult {
  check: string;
  findings: Finding[];
}

/** Every check starts processes of the AWS CLI, which take half a second of a core to start. */
const AT_ONCE = 4;

/** Runs a check. Returns its findings, or why it could not run. */
export async function runCheck(check: Check, checked: SynthesisedEnvironment): Promise<Finding[]> {
  try {
    return await check.look(checked);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const permission = permissionLacking(error);
    if (permission) return [unseen(`${permission} is not allowed.`, `allow it: rights to read are enough`)];
    return [unseen(error.message, 'see what AWS says')];
  }
}

/** Without valid credentials every request to AWS fails with the same error, so this reports it once. */
async function lookForCredentials(checked: SynthesisedEnvironment): Promise<Finding[]> {
  const findings = await runCheck(credentials, checked);
  return findings.map((finding) => {
    if (finding.outcome !== 'unseen') return finding;
    if (finding.what.includes('Could not connect'))
      return missing(
        finding.what,
        'check AWS_ENDPOINT_URL: is the server that it names still running? For AWS itself, unset AWS_ENDPOINT_URL',
      );
    return missing(
      `There are no credentials, or AWS does not accept them: ${finding.what}`,
      'export AWS_PROFILE=YOUR_PROFILE',
    );
  });
}

/** Runs all checks, in the order of `CHECKS`. */
export async function runChecks(checked: SynthesisedEnvironment): Promise<CheckResult[]> {
  const own = await lookForCredentials(checked);
  const isWithout = own.some(({ outcome }) => outcome === 'missing');
  const findingsOf = async (check: Check): Promise<Finding[]> => {
    if (check === credentials) return own;
    if (check.asksAws && isWithout) return [unseen('AWS could not be asked.', 'correct the credentials first')];
    return runCheck(check, checked);
  };
  return pMap(CHECKS, async (check) => ({ check: check.id, findings: await findingsOf(check) }), {
    concurrency: AT_ONCE,
  });
}
