import { createHash, randomBytes } from 'node:crypto';
import { parametersIn } from '../../shared/contracts/names.ts';
import { aws } from './aws-cli.ts';
import type { Stack } from './stacks.ts';
import type { Configuration } from './terraform.ts';

/** The key of API callers, and its digest for the services. */
export const API_KEY = randomBytes(32).toString('base64url');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The parameters in SSM before the first plan: digests of images, and secrets. */
const VALUES: [parameter: RegExp, value: string][] = [
  [/\/images\/[a-z-]+$/, `sha256:${digest('an image')}`],
  [/\/secrets\/api-keys$/, digest(API_KEY)],
  [/\/secrets\/link-keys$/, `first:${randomBytes(32).toString('hex')}`],
  [/\/secrets\/moderation-secret$/, `whsec_${randomBytes(32).toString('base64')}`],
  [/\/secrets\/origin-verify$/, randomBytes(32).toString('hex')],
];

/** Prepares an account for one stack after another, like an operator. */
export interface PreparedAccount {
  /** Does the steps of docs/infrastructure.md before the first plan of a stack, once, and returns the stack as it is then. */
  prepare(configuration: Configuration): Promise<Configuration>;
}

export function openAccount(endpoint: string): PreparedAccount {
  const put = new Map<string, Promise<unknown>>();
  const certificates = new Map<string, Promise<string>>();
  /** The placeholders for certificates in the environment files. */
  const placeholdersIn = (text: string) => text.match(/arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+/g) ?? [];
  return {
    async prepare(configuration) {
      let text = JSON.stringify(configuration);
      for (const name of parametersIn(text)) {
        if (!put.has(name)) put.set(name, putParameter(endpoint, name));
        await put.get(name);
      }
      for (const arn of new Set(placeholdersIn(text))) {
        const made = certificates.get(arn) ?? requestCertificate(endpoint, arn.split(':')[3] ?? '');
        certificates.set(arn, made);
        text = text.replaceAll(arn, await made);
      }
      return JSON.parse(text);
    },
  };
}

/** Puts every parameter that a stack or its starting tasks read. */
export async function putParameters(endpoint: string, text: string): Promise<void> {
  for (const name of parametersIn(text)) await putParameter(endpoint, name);
}

async function putParameter(endpoint: string, name: string): Promise<void> {
  const value = VALUES.find(([parameter]) => parameter.test(name))?.[1];
  if (!value) throw new Error(`test/infra/prerequisites.ts needs a value for ${name}`);
  const type = name.includes('/secrets/') ? 'SecureString' : 'String';
  await aws(endpoint, 'ssm', 'put-parameter', '--overwrite', '--name', name, '--value', value, '--type', type);
}

async function requestCertificate(endpoint: string, region: string): Promise<string> {
  const command = 'request-certificate';
  const options = ['--domain-name', 'images.example.com', '--region', region];
  return (await aws(endpoint, 'acm', command, ...options)).CertificateArn;
}

/** Prepares an account for one stack. */
export const prepareAccount = (endpoint: string, { configuration }: Stack): Promise<Configuration> =>
  openAccount(endpoint).prepare(configuration);
