import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { LOCAL_OWNER } from '../../shared/contracts/environment.ts';
import { PRESETS } from '../../shared/contracts/presets.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { queuedRendition } from '../../shared/domain/rendition.ts';
import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import { openFileObjectStore } from '../../shared/storage/file-object-store.ts';
import { createImage } from '../../shared/storage/image-table.ts';
import { sendMessage } from '../../shared/storage/processing-queue.ts';
import type { LocalStack } from '../local/stack.ts';
import { runLoad } from './http-load.ts';
import type { Comparison } from './measure.ts';

/** Uploads and downloads at once; more only queue up on two cores. */
const CONCURRENCY = 8;

/** What the bench works with: a photograph, a folder, and the services. */
export interface Bench {
  folder: string;
  photo: Photo;
  stack: LocalStack;
  bareUrl: string;
  /** Resolves when the worker has finished so many renditions more. */
  awaitReady(count: number): Promise<void>;
}

interface Photo {
  path: string;
  bytes: Buffer;
}

export const MB = 1_000_000;

/** As a camera of 12 megapixels makes them: 4000 × 3000, some megabytes, detail everywhere. */
export async function makePhoto(folder: string): Promise<Photo> {
  const path = join(folder, 'photo.jpg');
  const size = { width: 4000, height: 3000 };
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  const grain = await sharp({ create: { ...size, channels: 3, background: '#777777', noise } })
    .blur(1.2)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const bytes = await sharp(grain).linear(1.6, -70).jpeg({ quality: 90 }).toBuffer();
  await writeFile(path, bytes);
  return { path, bytes };
}

/** Starts the bare server in a process of its own, as the services are. */
export async function startBareServer(folder: string): Promise<{ url: string; stop(): void }> {
  await mkdir(folder, { recursive: true });
  const main = fileURLToPath(new URL('bare-server.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [main, folder], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [port] = await once(createInterface({ input: child.stdout as Readable }), 'line');
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

export async function emptyBareFolder(folder: string): Promise<void> {
  await rm(join(folder, 'bare'), { recursive: true });
  await mkdir(join(folder, 'bare'));
}

/** One photograph after the other through sync-upload, beside a bare server that writes it to the same disk. MB/s. */
export function uploadPath({ folder, photo, stack, bareUrl }: Bench): Comparison {
  const count = 120;
  const measure = async (url: string) => {
    const load = {
      url,
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: photo.bytes,
      expectedStatus: 201,
    } as const;
    const seconds = await runLoad(load, { count, concurrency: CONCURRENCY });
    return (count * photo.bytes.length) / MB / seconds;
  };
  return {
    name: 'upload',
    unit: 'MB/s',
    target: 0.5,
    floor: async () => {
      const figure = await measure(`${bareUrl}/`);
      await emptyBareFolder(folder);
      return figure;
    },
    ours: () => measure(`${stack.targets['sync-upload']}/v1/images`),
  };
}

/** The original through download, beside a bare server that streams the same bytes. MB/s. */
export async function downloadPath({ folder, photo, stack, bareUrl }: Bench): Promise<Comparison> {
  const count = 200;
  const response = await fetch(`${stack.targets['sync-upload']}/v1/images`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(photo.bytes),
  });
  const { links } = (await response.json()) as { links: { original: string } };
  const measure = async (url: string) => {
    const seconds = await runLoad({ url, method: 'GET', expectedStatus: 200 }, { count, concurrency: CONCURRENCY });
    return (count * photo.bytes.length) / MB / seconds;
  };
  return {
    name: 'download',
    unit: 'MB/s',
    target: 0.5,
    floor: async () => {
      await writeFile(join(folder, 'bare', 'photo.jpg'), photo.bytes);
      return measure(`${bareUrl}/photo.jpg`);
    },
    ours: () => measure(`${stack.targets.download}${links.original}`),
  };
}

/** From message to stored rendition, beside a loop over sharp in this process, as many at once as there are cores. Images/s. */
export function processPath({ folder, photo, stack, awaitReady }: Bench): Comparison {
  const count = 80;
  const preset = 'medium';
  return {
    name: `process (${preset})`,
    unit: 'images/s',
    target: 0.85,
    floor: async () => count / (await runSharpLoop(photo, folder, count)),
    ours: async () => {
      const messages = await prepareMessages(stack, photo, preset, count);
      const begun = performance.now();
      const ready = awaitReady(count);
      await Promise.all(messages.map((send) => send()));
      await ready;
      return count / ((performance.now() - begun) / 1000);
    },
  };
}

async function runSharpLoop({ path }: Photo, folder: string, count: number): Promise<number> {
  sharp.cache(false);
  let left = count;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      const resized = sharp(await readFile(path))
        .autoOrient()
        .resize({ width: 1000, height: 1000, fit: 'inside', withoutEnlargement: true });
      await writeFile(join(folder, 'bare', `${left}.webp`), await resized.webp({ quality: 80 }).toBuffer());
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: availableParallelism() }, loop));
  return (performance.now() - begun) / 1000;
}

/** Stores images and their records beforehand, so that only the worker's part is measured. Answers what sends each message. */
async function prepareMessages(
  { settings }: LocalStack,
  photo: Photo,
  preset: string,
  count: number,
): Promise<(() => Promise<void>)[]> {
  const place = settings as { AWS_REGION: string; AWS_ENDPOINT_URL_DYNAMODB: string; AWS_ENDPOINT_URL_SQS: string };
  const table = { documents: createDocumentClient(place), tableName: String(settings.IMAGE_TABLE_NAME) };
  const queue = { sqs: createSqsClient(place), queueUrl: String(settings.PROCESSING_QUEUE_URL) };
  const objects = await openFileObjectStore(fileURLToPath(String(settings.OBJECT_STORE_URL)));
  const pipeline = PRESETS.get(preset);
  if (!pipeline) throw new Error(`there is no preset ${preset}`);
  const sends: (() => Promise<void>)[] = [];
  for (let index = 0; index < count; index += 1) {
    const imageId = createImageId();
    const now = new Date();
    const stored = await objects.put(originalKey(imageId), createReadStream(photo.path), { contentType: 'image/jpeg' });
    const facts = { ...stored, contentType: 'image/jpeg', createdAt: now.toISOString() };
    const request = { name: preset, ...pipeline };
    await createImage(table, {
      record: { imageId, owner: LOCAL_OWNER, status: 'stored', ...facts },
      renditions: [queuedRendition(request, now)],
    });
    sends.push(() => sendMessage(queue, { imageId, requestId: 'bench', renditions: [request] }));
  }
  return sends;
}
