import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMessage, type ProcessingMessage } from '../../shared/contracts/queue-message.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../shared/domain/errors.ts';
import { originalKey, renditionHash } from '../../shared/domain/object-key.ts';
import { isFinal, type Rendition } from '../../shared/domain/rendition.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { type Image, type ImageTable, readImage } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { failRendition, finishRendition, startRendition } from '../../shared/storage/rendition-states.ts';
import type { Delivery, Process } from './consumers.ts';
import { makeRendition } from './make-rendition.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface ProcessDependencies {
  objects: ObjectStore;
  table: ImageTable;
  directory: WorkDirectory;
  maxInputPixels: number;
  logger: Logger;
}

/** Milliseconds between looks for a record that the message has overtaken; the API writes it just after sending. */
const LOOKS_MS = [25, 50, 100, 200, 400, 800];

/** Works on one message: makes every rendition in it that is not made yet. */
export const processMessage =
  (dependencies: ProcessDependencies): Process =>
  async (delivery) => {
    const message = decodeMessage(delivery.body);
    const logger = dependencies.logger.child({ requestId: message.requestId, imageId: message.imageId });
    const image = await awaitImage(dependencies.table, message);
    if (!image || image.missing.length > 0) {
      if (!isLastReceive(delivery)) throw new Error('the record of what the message asks for is not there yet');
      logger.warn({ missing: image?.missing ?? 'record' }, 'nobody waits for this message');
    }
    if (!image || image.record.status === 'deleted') return;
    await makeAll(selectUnmade(image, message), image, delivery, { ...dependencies, logger });
  };

const isLastReceive = ({ receiveCount }: Delivery): boolean => receiveCount >= QUEUE_TIMING.maxReceiveCount;

/** The image with every rendition of the message, or what there is of it when looking any longer makes no sense. */
async function awaitImage(
  table: ImageTable,
  { imageId, renditions }: ProcessingMessage,
): Promise<(Image & { missing: string[] }) | undefined> {
  for (let look = 0; ; look += 1) {
    const image = await readImage(table, imageId, { consistent: true });
    const known = new Set(image?.renditions.map(({ name }) => name));
    const missing = renditions.map(({ name }) => name).filter((name) => !known.has(name));
    if (image && (missing.length === 0 || image.record.status === 'deleted')) return { ...image, missing: [] };
    const pause = LOOKS_MS[look];
    if (pause === undefined) return image && { ...image, missing };
    await sleep(pause);
  }
}

/** Those of the message that are not final; one whose record has another pipeline lost to another request of the same name. */
function selectUnmade({ record, renditions }: Image, message: ProcessingMessage): RenditionRequest[] {
  const hash = (request: RenditionRequest) => renditionHash(record.checksumSha256, request);
  return message.renditions.filter((request) => {
    const known = renditions.find(({ name }) => name === request.name);
    return known && !isFinal(known.status) && hash(known) === hash(request);
  });
}

/** One after the other from one copy of the original. What failed for a passing reason brings the message back, when all were tried. */
async function makeAll(
  requests: RenditionRequest[],
  image: Image,
  delivery: Delivery,
  dependencies: ProcessDependencies,
): Promise<void> {
  if (requests.length === 0) return;
  const { objects, directory } = dependencies;
  const passing: unknown[] = [];
  let original: Promise<string> | undefined;
  const fetchOriginal = () => {
    original ??= directory.fetch(objects, originalKey(image.record.imageId), delivery.lost);
    return original;
  };
  try {
    for (const request of requests) {
      delivery.stopping.throwIfAborted();
      await makeOne(request, fetchOriginal, image, delivery, dependencies).catch((error: unknown) => {
        delivery.lost.throwIfAborted();
        passing.push(error);
      });
    }
  } finally {
    const path = await original?.catch(() => undefined);
    if (path) await directory.remove(path);
  }
  if (passing.length > 0) throw passing[0];
}

async function makeOne(
  request: RenditionRequest,
  fetchOriginal: () => Promise<string>,
  image: Image,
  delivery: Delivery,
  dependencies: ProcessDependencies,
): Promise<void> {
  const { table, objects, logger } = dependencies;
  const rendition = { imageId: image.record.imageId, name: request.name };
  const started = await startRendition(table, rendition);
  if (!started) return;
  const begun = performance.now();
  try {
    checkAttempts(started);
    const facts = await makeRendition({ request, image, originalPath: await fetchOriginal(), delivery }, dependencies);
    delivery.lost.throwIfAborted();
    const finished = await finishRendition(table, rendition, facts);
    // Deleted meanwhile: what was stored after the image's objects were removed must go too.
    if (!finished && !(await isStillThere(table, rendition))) await objects.delete(facts.key);
    logger.info({ rendition: request.name, attempts: started.attempts, durationMs: since(begun), ...facts }, 'ready');
  } catch (error) {
    delivery.lost.throwIfAborted();
    const failure = toFailure(error, delivery);
    if (!failure) throw error;
    await failRendition(table, rendition, failure);
    logger.warn(
      { rendition: request.name, attempts: started.attempts, durationMs: since(begun), ...failure, err: error },
      'failed',
    );
    if (isPassing(error)) throw error;
  }
}

const since = (begun: number): number => Math.round(performance.now() - begun);

async function isStillThere(table: ImageTable, { imageId, name }: { imageId: string; name: string }): Promise<boolean> {
  const image = await readImage(table, imageId, { consistent: true });
  return image?.record.status === 'stored' && image.renditions.some((rendition) => rendition.name === name);
}

/** A decode that was begun so often and never came to an end takes the worker with it. */
function checkAttempts({ attempts }: Rendition): void {
  if (attempts <= QUEUE_TIMING.maxAttempts) return;
  throw new ImageServiceError(
    'processing_failed',
    `Processing was begun ${QUEUE_TIMING.maxAttempts} times and never ended.`,
  );
}

/** Whether trying again may help; what nobody foresaw counts as such. */
const isPassing = (error: unknown): boolean => !(error instanceof ImageServiceError) || error.retryable;

/** What to write into the record: a lasting failure's own code, a passing one's only when there will be no other try. */
function toFailure(error: unknown, delivery: Delivery): Failure | undefined {
  if (error instanceof ImageServiceError && !error.retryable) return { code: error.code, detail: error.message };
  if (!isLastReceive(delivery)) return undefined;
  return {
    code: 'processing_failed',
    detail: `Processing failed ${delivery.receiveCount} times. Ask for the rendition again.`,
  };
}
