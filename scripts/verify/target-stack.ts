import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createDocumentClient, createS3Client } from '../../shared/runtime/clients.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { provisionTable } from '../../shared/storage/provisioning.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { CommandError } from '../command-line.ts';
import { explainFolderError, objectsFolder, TABLE_NAME, tableFile } from '../local/data-folder/data-folder.ts';
import { lockFolder } from '../local/data-folder/folder-lock.ts';
import { describeTableLog } from '../local/data-folder/previous-run.ts';
import { startDynamoDb } from '../local/emulators/dynamodb.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/emulators/emulators.ts';
import {
  dataFolder,
  readCloudAddress,
  readLocalAddress,
  type StackAddress,
  useCredentials,
} from '../target-stack/stack-address.ts';

/** A table and an object store that belong together. */
export interface TargetStack {
  /** Names the stack for people. The same stack always has the same label. */
  label: string;
  table: ImageTable;
  objects: ObjectStore;
  isCloud: boolean;
  /** What opening the stack has done, in sentences. */
  notes: string[];
  /** Returns what is wrong with the table if it has failed since it was opened. */
  failure?(): unknown;
  /** Whether the stack is stopped, so that nobody can be uploading. */
  isStopped: boolean;
  close(): Promise<void>;
}

/** The settings that name table and store. If one of them is set, the cloud is meant. */
const CLOUD = ['IMAGE_TABLE_NAME', 'OBJECT_STORE_URL'] as const;

type Settings = StackAddress<(typeof CLOUD)[number]>;

/** Opens the data in the folder `data`; without it the stack that the environment names, or else the data in `./data`. */
export async function findTargetStack(
  { data, isWriting }: { data: string | undefined; isWriting: boolean },
  env: NodeJS.ProcessEnv,
): Promise<TargetStack> {
  const cloud = readCloudAddress(CLOUD, data, env);
  if (cloud) {
    const label = `Table ${cloud.IMAGE_TABLE_NAME} in ${cloud.AWS_REGION}, objects in ${cloud.OBJECT_STORE_URL}`;
    return { ...(await open(cloud, label)), isCloud: true };
  }
  const folder = dataFolder(data);
  const label = `The data in ${folder}`;
  if (!existsSync(objectsFolder(folder))) {
    const cloud = `or set ${CLOUD.join(' and ')} for the cloud`;
    throw new CommandError(`There are no data of npm start in ${folder}. Name its folder by --data, ${cloud}.`);
  }
  // The settings of a stack that runs may have been copied along with its data.
  const unlock = lockFolder(folder);
  if (unlock) return openStopped(folder, { label, isWriting, env, unlock });
  const running = await readLocalAddress(folder, env);
  if (!running) throw inUse(folder);
  return open(running, label);
}

async function open(settings: Settings, label: string): Promise<TargetStack> {
  const documents = createDocumentClient(settings);
  const s3 = await createS3Client(settings);
  const url = settings.OBJECT_STORE_URL;
  return {
    label,
    table: { documents, tableName: settings.IMAGE_TABLE_NAME },
    objects: await openObjectStore({ url, durability: 'fsync', reserveMiB: 0 }, async () => s3).catch((error) => {
      throw url.startsWith('file:') ? explainFolderError(fileURLToPath(url), error) : error;
    }),
    isCloud: false,
    isStopped: false,
    notes: [],
    close: async () => {
      documents.destroy();
      s3.destroy();
    },
  };
}

interface Stopped {
  label: string;
  isWriting: boolean;
  env: NodeJS.ProcessEnv;
  /** Releases the lock on the folder. */
  unlock(): void;
}

/** Opens the data of a stack that does not run, by starting the emulator of its table. */
async function openStopped(folder: string, { label, isWriting, env, unlock }: Stopped): Promise<TargetStack> {
  useCredentials(LOCAL_CREDENTIALS, env);
  const notes = await describeTableLog(folder);
  const emulator = await startTable(folder, isWriting).catch((error: Error) => {
    unlock();
    throw /locked/.test(error.message) ? inUse(folder) : error;
  });
  const settings = {
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint,
    IMAGE_TABLE_NAME: TABLE_NAME,
    OBJECT_STORE_URL: pathToFileURL(objectsFolder(folder)).href,
  };
  const stack = await open(settings, label);
  await provisionTable(stack.table.documents, TABLE_NAME);
  return {
    ...stack,
    isStopped: true,
    notes,
    failure: () => emulator.failure?.(),
    async close() {
      await stack.close();
      await emulator.stop();
      unlock();
    },
  };
}

/** A log whose table is gone is refused by whoever opens it; the last is how an earlier version kept it. */
const hasTable = (folder: string): boolean =>
  [tableFile(folder), `${tableFile(folder)}-wal`, join(dirname(tableFile(folder)), 'CURRENT')].some((path) =>
    existsSync(path),
  );

/** Where there is no table, none is made unless something is to be written. */
const startTable = (folder: string, isWriting: boolean) =>
  startDynamoDb({
    port: 0,
    folder: isWriting || hasTable(folder) ? folder : undefined,
    accessKeyId: LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID,
  });

const inUse = (folder: string): CommandError =>
  new CommandError(
    `${folder} is in use: npm start is about to start or to stop there, or another npm run verify looks at it. Try again.`,
  );
