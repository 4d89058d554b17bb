import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { parsePipeline } from '../../shared/contracts/api/command-schemas.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { LOCAL_OWNER } from '../../shared/domain/principal.ts';
import { queuedRendition } from '../../shared/domain/rendition.ts';
import { createDocumentClient, createSqsClient } from '../../shared/runtime/clients.ts';
import { openFileObjectStore } from '../../shared/storage/objects/file-object-store.ts';
import { sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import type { LocalStack } from '../local/stack.ts';
import { type Bench, makePhoto, type Photo } from './bench-setup.ts';
import type { Comparison } from './compare.ts';

/** The resolution of cameras and good phones of 2026. */
const PHOTO = { width: 6000, height: 4000 };

/** Milliseconds between two messages that are sent to an idle worker. */
const REST_MS = 150;

const webp = { format: 'webp', quality: 80 } as const;

const upTo = (side: number): RenditionRequest => ({
  name: `to-${side}`,
  ...parsePipeline({
    commands: [{ operation: 'resize', width: side, height: side, fit: 'inside', withoutEnlargement: true }],
    output: webp,
  }),
});

/** The four sizes that a page with responsive images requests. */
const SIZES = [1000, 500, 250, 125];

/**
 * From message to stored rendition, in photographs/s, compared with loops over sharp in this process, one loop per core: one rendition of a
 * photograph, and four renditions of one, for which the loop calls sharp four times. For an idle worker, it also measures the milliseconds
 * from the message to the record that says ready, compared with the same calls alone.
 */
export async function processPaths(bench: Bench): Promise<Comparison[]> {
  const photo = await makePhoto(bench.folder, PHOTO);
  const rate = (name: string, sides: number[], { count, target }: { count: number; target: number }): Comparison => ({
    name,
    unit: 'photographs/s',
    target,
    floor: async () => count / (await runSharpLoop(bench.folder, photo, { sides, count })),
    ours: async () => {
      const messages = await prepareMessages(bench.stack, photo, { sides, count });
      const begun = performance.now();
      const ready = bench.awaitReady(count * sides.length);
      await Promise.all(messages.map((send) => send()));
      await ready;
      return count / ((performance.now() - begun) / 1000);
    },
    note: () => `at most ${Math.round(bench.peakMemory() / 2 ** 20)} MiB in an image process`,
  });
  return [
    rate('process, one size', [1000], { count: 40, target: 0.9 }),
    rate('process, four sizes', SIZES, { count: 24, target: 1.25 }),
    restPath(bench, photo),
  ];
}

/** The latency of an idle worker, as a ratio of times: a ratio below 1 shows the cost of the queue, the table and the store. */
function restPath({ folder, stack, awaitReady }: Bench, photo: Photo): Comparison {
  const sides = [1000];
  const count = 10;
  return {
    name: 'process at rest',
    unit: '1/s',
    target: 0.5,
    floor: async () => {
      let seconds = 0;
      for (let turn = 0; turn < count; turn += 1) seconds += await runSharpLoop(folder, photo, { sides, count: 1 });
      return count / seconds;
    },
    ours: async () => {
      let seconds = 0;
      for (const send of await prepareMessages(stack, photo, { sides, count })) {
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
        const begun = performance.now();
        const ready = awaitReady(1);
        await send();
        await ready;
        seconds += (performance.now() - begun) / 1000;
      }
      return count / seconds;
    },
    note: (figures) => `${Math.round(1000 / figures.median)} ms from message to ready`,
  };
}

interface Work {
  sides: number[];
  /** The number of photographs. */
  count: number;
}

async function runSharpLoop(folder: string, { path }: Photo, { sides, count }: Work): Promise<number> {
  sharp.cache(false);
  sharp.concurrency(1);
  let left = count;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      const bytes = await readFile(path);
      for (const side of sides) {
        const resized = sharp(bytes)
          .autoOrient()
          .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
        await writeFile(join(folder, 'bare', `${left}-${side}.webp`), await resized.webp({ quality: 80 }).toBuffer());
      }
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: Math.min(count, availableParallelism()) }, loop));
  return (performance.now() - begun) / 1000;
}

/**
 * Stores images and their records beforehand, so that only the worker's part is measured. Returns a function for each that sends its
 * message.
 */
async function prepareMessages(
  { settings }: LocalStack,
  photo: Photo,
  { sides, count }: Work,
): Promise<(() => Promise<void>)[]> {
  const place = settings as { AWS_REGION: string; AWS_ENDPOINT_URL_DYNAMODB: string; AWS_ENDPOINT_URL_SQS: string };
  const table = { documents: createDocumentClient(place), tableName: String(settings.IMAGE_TABLE_NAME) };
  const queue = { sqs: createSqsClient(place), queueUrl: String(settings.PROCESSING_QUEUE_URL) };
  const objects = await openFileObjectStore(fileURLToPath(String(settings.OBJECT_STORE_URL)));
  const renditions = sides.map(upTo);
  const sends: (() => Promise<void>)[] = [];
  for (let index = 0; index < count; index += 1) {
    const imageId = createImageId();
    const now = new Date();
    const stored = await objects.put(originalKey(imageId), createReadStream(photo.path), { contentType: 'image/jpeg' });
    const facts = { ...stored, contentType: 'image/jpeg', createdAt: now.toISOString() };
    await createImage(table, {
      record: { imageId, owner: LOCAL_OWNER, status: 'stored', ...facts },
      renditions: renditions.map((request) => queuedRendition(request, now)),
    });
    sends.push(() => sendMessage(queue, { imageId, requestId: 'bench', renditions }));
  }
  return sends;
}
