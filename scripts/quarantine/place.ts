import { resolve } from 'node:path';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import type { DeadLetterQueue } from '../../shared/storage/dead-letter-queue.ts';
import type { ImageTable } from '../../shared/storage/image-table.ts';
import type { ProcessingQueue } from '../../shared/storage/processing-queue.ts';
import { CommandError } from '../command-line.ts';
import { readStackSettings } from '../local/stack-settings.ts';

/** Table and queues that are looked at. */
export interface Place {
  /** For people: where that is. */
  label: string;
  table: ImageTable;
  queue: ProcessingQueue;
  deadLetters: DeadLetterQueue;
}

/** Those without which there is no table and no queue; one of them is enough to mean the cloud. */
const CLOUD = ['IMAGE_TABLE_NAME', 'PROCESSING_QUEUE_URL', 'DEAD_LETTER_QUEUE_URL'] as const;

/** What each setting must look like; those of the services as their contract has it. */
const SCHEMAS = {
  AWS_REGION: ENVIRONMENT.AWS_REGION,
  IMAGE_TABLE_NAME: ENVIRONMENT.IMAGE_TABLE_NAME,
  PROCESSING_QUEUE_URL: ENVIRONMENT.PROCESSING_QUEUE_URL,
  DEAD_LETTER_QUEUE_URL: ENVIRONMENT.PROCESSING_QUEUE_URL,
};

type Settings = Record<keyof typeof SCHEMAS, string> &
  Partial<Record<'AWS_ENDPOINT_URL_DYNAMODB' | 'AWS_ENDPOINT_URL_SQS', string>>;

/** The stack that runs on the folder `data`, or without it what the environment names, or else the stack on `./data`. */
export async function findPlace(data: string | undefined, env: NodeJS.ProcessEnv): Promise<Place> {
  if (data === undefined && CLOUD.some((name) => env[name])) {
    const settings = readCloud(env);
    return open(settings, `Table ${settings.IMAGE_TABLE_NAME} in ${settings.AWS_REGION}`);
  }
  const folder = resolve(data ?? 'data');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...settings } = await readLocal(folder);
  // A profile of the user's would come before these.
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete env[name];
  Object.assign(env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  return open(settings, `The stack on this machine, data in ${folder}`);
}

async function readLocal(folder: string) {
  const settings = await readStackSettings(folder).catch((error: Error) => {
    throw new CommandError(`The settings of the stack in ${folder} cannot be read: ${error.message}.`);
  });
  if (settings) return settings;
  throw new CommandError(
    `Nothing runs on ${folder}. Run npm start, name its folder by --data, or set ${CLOUD.join(', ')} for the cloud.`,
  );
}

function readCloud(env: NodeJS.ProcessEnv): Settings {
  const wrong = Object.entries(SCHEMAS).flatMap(([name, schema]) => {
    const { error } = schema.validate(env[name] || undefined, { errors: { label: false } });
    return error ? [`${name} ${error.message}`] : [];
  });
  if (wrong.length > 0) throw new CommandError(`The environment is wrong: ${wrong.join(', ')}.`);
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = env;
  const required = Object.fromEntries(Object.keys(SCHEMAS).map((name) => [name, env[name] ?? '']));
  return {
    ...(required as Record<keyof typeof SCHEMAS, string>),
    ...(AWS_ENDPOINT_URL_DYNAMODB && { AWS_ENDPOINT_URL_DYNAMODB }),
    ...(AWS_ENDPOINT_URL_SQS && { AWS_ENDPOINT_URL_SQS }),
  };
}

function open(settings: Settings, label: string): Place {
  const sqs = createSqsClient(settings);
  return {
    label,
    table: { documents: createDocumentClient(settings), tableName: settings.IMAGE_TABLE_NAME },
    queue: { sqs, queueUrl: settings.PROCESSING_QUEUE_URL },
    deadLetters: { sqs, queueUrl: settings.DEAD_LETTER_QUEUE_URL },
  };
}
