import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { terraformVersion } from '../terraform-version.ts';
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

async function buildx(): Promise<Finding> {
  const version = await answerOf('docker', 'buildx', 'version');
  return version
    ? well(`Docker has ${version.split(' ').slice(0, 2).join(' ')}.`)
    : note(
        'Docker has no buildx, or does not start: images cannot be built here.',
        'https://docs.docker.com/build/install-buildx/',
      );
}

export const tools: Check = {
  id: 'tools',
  asksAws: false,
  look: () => Promise.all([terraform(), awsCli(), buildx()]),
};
