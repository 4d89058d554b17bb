import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import type { DeadLetterQueue } from '../../shared/storage/queues/dead-letter-queue.ts';
import type { ProcessingQueue } from '../../shared/storage/queues/processing-queue.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { CommandError } from '../command-line.ts';
import { dataFolder, readCloudAddress, readLocalAddress, type StackAddress } from '../target-stack/stack-address.ts';

/** The table and the queues of a stack. */
export interface TargetStack {
  /** Names the stack for people. */
  label: string;
  table: ImageTable;
  queue: ProcessingQueue;
  deadLetters: DeadLetterQueue;
}

/** The settings that name table and queues. If one of them is set, the cloud is meant. */
const CLOUD = ['IMAGE_TABLE_NAME', 'PROCESSING_QUEUE_URL', 'DEAD_LETTER_QUEUE_URL'] as const;

type Settings = StackAddress<(typeof CLOUD)[number]>;

/** Finds the stack that runs on the folder `data`; without it the stack that the environment names, or else the one on `./data`. */
export async function findTargetStack(data: string | undefined, env: NodeJS.ProcessEnv): Promise<TargetStack> {
  const cloud = readCloudAddress(CLOUD, data, env);
  if (cloud) return open(cloud, `Table ${cloud.IMAGE_TABLE_NAME} in ${cloud.AWS_REGION}`);
  const folder = dataFolder(data);
  const settings = await readLocalAddress(folder, env);
  if (settings) return open(settings, `The stack on this machine, data in ${folder}`);
  throw new CommandError(
    `Nothing runs on ${folder}. Run npm start, name its folder by --data, or set ${CLOUD.join(', ')} for the cloud.`,
  );
}

function open(settings: Settings, label: string): TargetStack {
  const sqs = createSqsClient(settings);
  return {
    label,
    table: { documents: createDocumentClient(settings), tableName: settings.IMAGE_TABLE_NAME },
    queue: { sqs, queueUrl: settings.PROCESSING_QUEUE_URL },
    deadLetters: { sqs, queueUrl: settings.DEAD_LETTER_QUEUE_URL },
  };
}
