import { createHash, randomBytes } from 'node:crypto';
import { parametersIn } from '../../shared/contracts/naming.ts';
import { aws } from './aws-cli.ts';
import type { Stack } from './stacks.ts';
import type { Configuration } from './terraform.ts';

/** What callers of the API send, and the digest of it that the services are given. */
export const API_KEY = randomBytes(32).toString('base64url');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What somebody has put into SSM before the first plan: images to run by their digests, and secrets. */
const VALUES: [parameter: RegExp, value: string][] = [
  [/\/images\/[a-z-]+$/, `sha256:${digest('an image')}`],
  [/\/secrets\/api-keys$/, digest(API_KEY)],
  [/\/secrets\/link-keys$/, `first:${randomBytes(32).toString('hex')}`],
  [/\/secrets\/origin-verify$/, randomBytes(32).toString('hex')],
];

/** Puts every parameter that a stack reads, or its tasks at their start. */
export async function putParameters(endpoint: string, text: string): Promise<void> {
  for (const name of parametersIn(text)) {
    const value = VALUES.find(([parameter]) => parameter.test(name))?.[1];
    if (!value) throw new Error(`Nobody told test/infra/prerequisites.ts what ${name} holds`);
    const type = name.includes('/secrets/') ? 'SecureString' : 'String';
    await aws(endpoint, 'ssm', 'put-parameter', '--overwrite', '--name', name, '--value', value, '--type', type);
  }
}

/** Has certificates in place of those that the environment files name until somebody has their own. */
async function replaceCertificates(endpoint: string, text: string): Promise<string> {
  let replaced = text;
  for (const arn of new Set(text.match(/arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+/g))) {
    const place = ['--region', arn.split(':')[3] ?? ''];
    const command = 'request-certificate';
    const { CertificateArn } = await aws(endpoint, 'acm', command, '--domain-name', 'images.example.com', ...place);
    replaced = replaced.replaceAll(arn, CertificateArn);
  }
  return replaced;
}

/** Does what docs/infrastructure.md has an operator do before the first plan of a stack, and gives the stack as it is then. */
export async function prepareAccount(endpoint: string, { configuration }: Stack): Promise<Configuration> {
  const text = JSON.stringify(configuration);
  await putParameters(endpoint, text);
  return JSON.parse(await replaceCertificates(endpoint, text));
}
