import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import type { DeadLetterQueue } from '../../shared/storage/dead-letter-queue.ts';
import type { ImageTable } from '../../shared/storage/image-table.ts';
import type { ProcessingQueue } from '../../shared/storage/processing-queue.ts';
import { CommandError } from '../command-line.ts';
import { folderOf, type PlaceSettings, readCloud, readLocal } from '../place/find-place.ts';

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

type Settings = PlaceSettings<(typeof CLOUD)[number]>;

/** The stack that runs on the folder `data`, or without it what the environment names, or else the stack on `./data`. */
export async function findPlace(data: string | undefined, env: NodeJS.ProcessEnv): Promise<Place> {
  const cloud = readCloud(CLOUD, data, env);
  if (cloud) return open(cloud, `Table ${cloud.IMAGE_TABLE_NAME} in ${cloud.AWS_REGION}`);
  const folder = folderOf(data);
  const settings = await readLocal(folder, env);
  if (settings) return open(settings, `The stack on this machine, data in ${folder}`);
  throw new CommandError(
    `Nothing runs on ${folder}. Run npm start, name its folder by --data, or set ${CLOUD.join(', ')} for the cloud.`,
  );
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
