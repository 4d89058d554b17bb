import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createDocumentClient, createS3Client } from '../../shared/runtime/clients.ts';
import type { ImageTable } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openObjectStore } from '../../shared/storage/open-object-store.ts';
import { provisionTable } from '../../shared/storage/provisioning.ts';
import { CommandError } from '../command-line.ts';
import { explainFolder, objectsFolder, TABLE_NAME, tableFile } from '../local/data-folder.ts';
import { startDynamoDb } from '../local/dynamodb.ts';
import { lookAtLog } from '../local/earlier-end.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/emulators.ts';
import { lockFolder } from '../local/folder-lock.ts';
import { folderOf, type PlaceSettings, readCloud, readLocal, useCredentials } from '../place/find-place.ts';

/** Table and object store that belong together. */
export interface Place {
  /** For people: where that is. The same place has the same one. */
  label: string;
  table: ImageTable;
  objects: ObjectStore;
  isCloud: boolean;
  /** What opening it has done, in sentences. */
  notes: string[];
  /** What is wrong with its table, where that has failed since it was opened. */
  failure?(): unknown;
  /** Nobody can be uploading meanwhile. */
  isStopped: boolean;
  close(): Promise<void>;
}

/** Those without which there is no table and no store; one of them is enough to mean the cloud. */
const CLOUD = ['IMAGE_TABLE_NAME', 'OBJECT_STORE_URL'] as const;

type Settings = PlaceSettings<(typeof CLOUD)[number]>;

/** The data in the folder `data`, or without it what the environment names, or else those in `./data`. */
export async function findPlace(
  { data, isWriting }: { data: string | undefined; isWriting: boolean },
  env: NodeJS.ProcessEnv,
): Promise<Place> {
  const cloud = readCloud(CLOUD, data, env);
  if (cloud) {
    const label = `Table ${cloud.IMAGE_TABLE_NAME} in ${cloud.AWS_REGION}, objects in ${cloud.OBJECT_STORE_URL}`;
    return { ...(await open(cloud, label)), isCloud: true };
  }
  const folder = folderOf(data);
  const label = `The data in ${folder}`;
  if (!existsSync(objectsFolder(folder))) {
    const cloud = `or set ${CLOUD.join(' and ')} for the cloud`;
    throw new CommandError(`There are no data of npm start in ${folder}. Name its folder by --data, ${cloud}.`);
  }
  // The settings of a stack that runs may have been copied along with its data.
  const unlock = lockFolder(folder);
  if (unlock) return openStopped(folder, { label, isWriting, env, unlock });
  const running = await readLocal(folder, env);
  if (!running) throw inUse(folder);
  return open(running, label);
}

async function open(settings: Settings, label: string): Promise<Place> {
  const documents = createDocumentClient(settings);
  const s3 = await createS3Client(settings);
  const url = settings.OBJECT_STORE_URL;
  return {
    label,
    table: { documents, tableName: settings.IMAGE_TABLE_NAME },
    objects: await openObjectStore({ url, durability: 'fsync', reserveMiB: 0 }, async () => s3).catch((error) => {
      throw url.startsWith('file:') ? explainFolder(fileURLToPath(url), error) : error;
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
  /** Gives the folder back, which is kept so that nobody else opens it. */
  unlock(): void;
}

/** Opens the table itself. */
async function openStopped(folder: string, { label, isWriting, env, unlock }: Stopped): Promise<Place> {
  useCredentials(LOCAL_CREDENTIALS, env);
  const notes = await lookAtLog(folder);
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
  const place = await open(settings, label);
  await provisionTable(place.table.documents, TABLE_NAME);
  return {
    ...place,
    isStopped: true,
    notes,
    failure: () => emulator.failure?.(),
    async close() {
      await place.close();
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
