import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { eventually } from '../eventually.ts';
import { jsonOf, send } from '../http/http-client.ts';
import { paddedTo, photograph } from '../images/photographs.ts';
import { multipartClient } from '../services/multipart-client.ts';
import { descendants, isRunning, type StartProcess, spawnStart } from '../services/start-process.ts';

const MiB = 1024 ** 2;

/** An image that npm start has stored. */
export interface Uploaded {
  imageId: string;
  key: string;
  bytes: Buffer;
}

/** Starts npm start on a folder and uploads images one after the other, each with a ready rendition. The last is uploaded in parts. */
export async function startWithImages(
  data: string,
  count: number,
): Promise<{ start: StartProcess; images: Uploaded[] }> {
  const start = spawnStart('--port', '0', '--data', data, '--log', 'warn');
  const url = await start.ready();
  const images: Uploaded[] = [];
  for (let index = 1; index < count; index += 1) {
    const bytes = await photograph(index % 2 ? 'jpeg' : 'png', 60 + index, 40);
    const answer = await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body: bytes });
    images.push(uploaded(jsonOf(answer).imageId, bytes));
  }
  images.push(await uploadInParts(url));
  for (const { imageId } of images.slice(0, -1)) await rendered(url, imageId);
  return { start, images };
}

const uploaded = (imageId: string, bytes: Buffer): Uploaded => ({ imageId, key: originalKey(imageId), bytes });

const rendered = (url: string, imageId: string) =>
  eventually('the rendition is ready', async () => {
    const { status } = await send(url, { path: `/v1/images/${imageId}/renditions/thumb` });
    return status === 200;
  });

async function uploadInParts(url: string): Promise<Uploaded> {
  const client = multipartClient(() => url);
  const bytes = Buffer.concat([...paddedTo(await photograph('jpeg', 80, 80), 6 * MiB)]);
  const { upload, parts } = await client.uploaded([bytes.subarray(0, 5 * MiB), bytes.subarray(5 * MiB)]);
  await client.completed(upload.uploadId, parts);
  return uploaded(upload.imageId, bytes);
}

/** Kills npm start and all its processes at once, so that nothing is closed. */
export async function killAll({ child, ended }: StartProcess): Promise<void> {
  const processes = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
  for (const pid of processes) process.kill(pid, 'SIGKILL');
  await ended();
  await eventually('all processes end', () => processes.every((pid) => !isRunning(pid)));
}

export async function stopStart({ child, ended }: StartProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await ended(60_000);
}

/** The items of the local table by their keys, read with SQLite, because the code that usually reads them is under test. */
export async function itemsOf(data: string): Promise<Record<string, unknown>[]> {
  // A copy, because opening a database may change it.
  const copy = `${data}-looked-at`;
  await cp(join(data, 'dynamodb'), copy, { recursive: true, force: true });
  const database = new DatabaseSync(join(copy, 'table.db'));
  try {
    const rows = database.prepare("SELECT value FROM entries WHERE key LIKE 'item-images~%'").all();
    return rows.map(({ value }) => plain(JSON.parse(String(value))));
  } finally {
    database.close();
  }
}

/** An item without its type descriptors. */
const plain = (item: Record<string, Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.M ? plain(value.M as never) : Object.values(value)[0]]),
  );
