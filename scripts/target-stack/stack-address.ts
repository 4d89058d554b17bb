import { resolve } from 'node:path';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { CommandError } from '../command-line.ts';
import { DATA_FOLDER } from '../local/data-folder/data-folder.ts';
import { readStackSettings, type StackSettings } from '../local/data-folder/stack-settings.ts';

/** What each setting must look like; those of the services as their contract has it. */
const SCHEMAS = {
  AWS_REGION: ENVIRONMENT.AWS_REGION,
  IMAGE_TABLE_NAME: ENVIRONMENT.IMAGE_TABLE_NAME,
  OBJECT_STORE_URL: ENVIRONMENT.OBJECT_STORE_URL,
  PROCESSING_QUEUE_URL: ENVIRONMENT.PROCESSING_QUEUE_URL,
  DEAD_LETTER_QUEUE_URL: ENVIRONMENT.PROCESSING_QUEUE_URL,
};

export type SettingName = keyof typeof SCHEMAS;

const ENDPOINTS = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_S3'] as const;

/** Where a command finds what it looks at, by the names of environment variables. */
export type StackAddress<Name extends SettingName> = Record<Name | 'AWS_REGION', string> &
  Partial<Record<(typeof ENDPOINTS)[number], string>>;

/** The settings of the cloud where one of these is in the environment and no data folder was named; undefined for this machine. */
export function readCloudAddress<Name extends SettingName>(
  names: readonly Name[],
  data: string | undefined,
  env: NodeJS.ProcessEnv,
): StackAddress<Name> | undefined {
  if (data !== undefined || !names.some((name) => env[name])) return undefined;
  const required = ['AWS_REGION', ...names] as const;
  const wrong = required.flatMap((name) => {
    const { error } = SCHEMAS[name].validate(env[name] || undefined, { errors: { label: false } });
    return error ? [`${name} ${error.message}`] : [];
  });
  if (wrong.length > 0) throw new CommandError(`The environment is wrong: ${wrong.join(', ')}.`);
  const given = [...required, ...ENDPOINTS].filter((name) => env[name]);
  return Object.fromEntries(given.map((name) => [name, env[name]])) as StackAddress<Name>;
}

/** The data folder of this machine that is meant. */
export const dataFolder = (data: string | undefined): string => resolve(data ?? DATA_FOLDER);

/** The settings of the stack that runs on a folder, whose credentials the environment has from now on; undefined if none does. */
export async function readLocalAddress(folder: string, env: NodeJS.ProcessEnv): Promise<StackSettings | undefined> {
  const settings = await readStackSettings(folder).catch((error: Error) => {
    throw new CommandError(`The settings of the stack in ${folder} cannot be read: ${error.message}.`);
  });
  if (settings) useCredentials(settings, env);
  return settings;
}

/** Has the SDK sign with these: a profile of the user's would come before them. */
export function useCredentials(
  { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Pick<StackSettings, 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY'>,
  env: NodeJS.ProcessEnv,
): void {
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete env[name];
  Object.assign(env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
}
