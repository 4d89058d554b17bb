import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { imageIdOf, recordSortKey, uploadSortKey } from '../../../shared/contracts/table.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { send } from '../http/http-client.ts';
import { clientsOf } from '../storage/emulators.ts';
import { allItems, type TableItem } from '../storage/table-items.ts';
import { createTemporaryFolder } from '../storage/temporary-folder.ts';
import { AUTHENTICATION_SETTINGS, authorizationOf, OWNER } from './auth/callers.ts';
import { Secrets } from './auth/secrets.ts';
import { isExplained } from './explained-items.ts';
import { startWatchedProgram, type WatchedProgram } from './watched-program.ts';

/** Milliseconds after which a claim on an upload has expired. */
const COMPLETING_MS = 40_000;

export type FuzzedService = 'sync-upload' | 'async-upload' | 'download';

/** The services to fuzz, with everything behind them. */
export interface FuzzTarget {
  programs: Record<FuzzedService, WatchedProgram>;
  table: ImageTable;
  /** The header with which images and uploads are made; none without authentication. */
  authorization: Record<string, string>;
  /** The secrets that the clients use. */
  secrets: Secrets;
  /** Those that are in what the services write: log, trail, items and names of objects. */
  secretsFound(): Promise<string[]>;
  /** Deletes every image and aborts every upload by the API. Returns failures. */
  sweep(): Promise<string[]>;
  /** Leftovers after everything was deleted: files, items and messages that belong to no image. */
  leftovers(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  /** Whether callers need credentials. */
  auth?: boolean;
}

export async function startFuzzTarget(
  services: readonly FuzzedService[],
  { auth = false }: TargetOptions = {},
): Promise<FuzzTarget> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await createTemporaryFolder();
  const emulators = await startEmulators();
  const { documents, sqs } = clientsOf(emulators);
  const TableName = 'images';
  await provisionTable(documents, TableName);
  const { queueUrl } = await provisionQueues(sqs, 'processing');
  const traces = await createTemporaryFolder();
  const trail = join(traces.path, 'audit.log');
  const settings = {
    ...LOCAL_CREDENTIALS,
    HOST: '127.0.0.1',
    AUTHENTICATION: 'off',
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamoDbEndpoint,
    AWS_ENDPOINT_URL_SQS: emulators.sqsEndpoint,
    IMAGE_TABLE_NAME: TableName,
    PROCESSING_QUEUE_URL: queueUrl,
    OBJECT_STORE_URL: pathToFileURL(folder.path).href,
    PART_URL_SECRET: 'a secret of the fuzzers, 32 letters',
    LINK_KEYS: `fuzzers:${'k'.repeat(32)}`,
    AUDIT_LOG_FILE: trail,
    ...(auth && AUTHENTICATION_SETTINGS),
  };
  const dependencies = [emulators.dynamoDbEndpoint, emulators.sqsEndpoint].map((url) => Number(new URL(url).port));
  const programs = {} as Record<FuzzedService, WatchedProgram>;
  for (const service of services) {
    const port = await freePort();
    programs[service] = await startWatchedProgram(service, settings, { port, dependencies });
  }
  const secrets = new Secrets();
  const authorizedAs = (owner: unknown): Record<string, string> => (auth ? authorizationOf(String(owner)) : {});
  /** Deleted images and ended uploads, whose traces may stay for a while. */
  const deleted = new Set<string>();

  const table = { documents, tableName: TableName };
  const itemsOf = () => allItems(table);

  const remove = async (service: FuzzedService, path: string, owner: unknown): Promise<string[]> => {
    const base = `http://127.0.0.1:${programs[service].port}`;
    const { status } = await send(base, { method: 'DELETE', path, headers: authorizedAs(owner) });
    return status === 204 ? [] : [`DELETE ${path} of ${owner}: ${status}`];
  };

  async function sweepItem({ pk, sk, status, imageId, uploadId, owner }: TableItem): Promise<string[]> {
    if (sk === recordSortKey && status !== 'deleted') {
      deleted.add(imageIdOf(pk));
      return remove('sync-upload', `/v1/images/${imageIdOf(pk)}`, owner);
    }
    if (sk !== uploadSortKey) return [];
    // A case may have ended it itself.
    for (const id of [imageId, uploadId]) deleted.add(String(id));
    if (status !== 'open') return [];
    return remove('async-upload', `/v1/uploads/${uploadId}`, owner);
  }

  return {
    ...{ programs, table, secrets, authorization: authorizedAs(OWNER) },
    async secretsFound() {
      if (!auth) return [];
      const items = (await itemsOf()).map((item) => JSON.stringify(item));
      return [
        ...secrets.find('the table', items),
        ...secrets.find('the names of objects', await filesIn(folder.path)),
        ...secrets.find('the audit trail', [await readFile(trail, 'utf8').catch(() => '')]),
        ...Object.values(programs).flatMap(({ service, lines }) => secrets.find(`the log of ${service}`, lines)),
      ];
    },
    async sweep() {
      const until = performance.now() + COMPLETING_MS;
      for (;;) {
        const failed: string[] = [];
        const items = await itemsOf();
        for (let at = 0; at < items.length; at += 8) {
          failed.push(...(await Promise.all(items.slice(at, at + 8).map(sweepItem))).flat());
        }
        // An upload whose client went away may still be open, or be completed to an image later.
        const isCompleting = failed.some((each) => each.endsWith(': 409')) || items.some(isBeingCompleted);
        if (!isCompleting || performance.now() > until) return failed;
        await sleep(200);
      }
    },
    async leftovers() {
      const items = (await itemsOf()).filter((item) => !isExplained(item, deleted));
      return [...(await filesIn(folder.path)), ...items.map((item) => JSON.stringify(item).slice(0, 500))];
    },
    async stop() {
      await Promise.all(Object.values(programs).map((program) => program.stop()));
      documents.destroy();
      sqs.destroy();
      await emulators.stop();
      await Promise.all([folder.remove(), traces.remove()]);
    },
  };
}

const isBeingCompleted = ({ sk, status }: TableItem): boolean => sk === uploadSortKey && status === 'completing';

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
