import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { terraformVersion } from '../target-stack/terraform-version.ts';
import { type Check, type Finding, missing, note, well } from './finding.ts';

const run = promisify(execFile);

async function terraform(): Promise<Finding> {
  const { version, isEnough } = await terraformVersion(process.env);
  if (isEnough) return well(`Terraform is ${version}.`);
  const what = version
    ? `Terraform is ${version}, but must be ${OLDEST_TERRAFORM} or newer.`
    : 'Terraform does not start.';
  return missing(what, 'https://developer.hashicorp.com/terraform/install');
}

/** The first line that a program prints; undefined where it does not start or fails. */
export const answerOf = (program: string, ...args: string[]): Promise<string | undefined> =>
  run(program, args).then(
    ({ stdout, stderr }) => (stdout || stderr).trim().split('\n')[0],
    () => undefined,
  );

async function awsCli(): Promise<Finding> {
  const version = await answerOf('aws', '--version');
  return version
    ? well(`The AWS CLI is ${version.split(' ')[0]}.`)
    : missing(
        'The AWS CLI does not start.',
        'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
      );
}

/** Only who builds images here needs one of them; workflows have buildah. */
async function imageBuilder(): Promise<Finding> {
  const buildah = await answerOf('buildah', '--version');
  const buildx = buildah ? undefined : await answerOf('docker', 'buildx', 'version');
  const found = buildah ?? (buildx && `Docker's ${buildx}`);
  return found
    ? well(`Images can be built here, with ${found.split(' ').slice(0, 3).join(' ')}.`)
    : note(
        'There is neither buildah nor Docker with buildx: images cannot be built here.',
        'https://github.com/containers/buildah/blob/main/install.md',
      );
}

export const tools: Check = {
  id: 'tools',
  asksAws: false,
  look: () => Promise.all([terraform(), awsCli(), imageBuilder()]),
};
