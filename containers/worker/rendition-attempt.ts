import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../shared/domain/errors.ts';
import type { Rendition, RenditionFacts } from '../../shared/domain/rendition.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { type Image, type ImageTable, readImage } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  failRendition,
  finishRendition,
  returnRendition,
  startRendition,
} from '../../shared/storage/rendition-states.ts';
import type { Delivery } from './consumers.ts';
import { makeRendition } from './make-rendition.ts';
import type { WorkDirectory } from './work-directory.ts';

/** What all renditions of one message share. */
export interface Job {
  image: Image;
  delivery: Delivery;
  /** Whether the message will not come again. */
  isLast: boolean;
  /** The path of the original, fetched at the first call. */
  fetchOriginal(): Promise<string>;
  objects: ObjectStore;
  table: ImageTable;
  directory: WorkDirectory;
  maxInputPixels: number;
  logger: Logger;
}

/** Makes one rendition and writes down what became of it. Rejects when the message must come again for it. */
export async function attemptRendition(request: RenditionRequest, job: Job): Promise<void> {
  const rendition = { imageId: job.image.record.imageId, name: request.name };
  const started = await startRendition(job.table, rendition);
  if (!started) return;
  const begun = performance.now();
  const logger = job.logger.child({ rendition: request.name, attempts: started.attempts });
  const since = () => Math.round(performance.now() - begun);
  try {
    checkAttempts(started);
    const facts = await makeRendition(request, job);
    job.delivery.lost.throwIfAborted();
    await keepResult(rendition, facts, job);
    logger.info({ durationMs: since(), ...facts }, 'ready');
  } catch (error) {
    // Another worker may have the message by now: what is written is up to that one.
    job.delivery.lost.throwIfAborted();
    const failure = lastingFailure(error, job);
    if (failure) await failRendition(job.table, rendition, failure);
    else await returnRendition(job.table, rendition);
    logger.warn({ durationMs: since(), ...failure, err: error }, failure ? 'failed' : 'comes again');
    if (isPassing(error)) throw error;
  }
}

/** A decode that was begun so often and never came to an end takes the worker with it. */
function checkAttempts({ attempts }: Rendition): void {
  if (attempts <= QUEUE_TIMING.maxAttempts) return;
  throw new ImageServiceError(
    'processing_failed',
    `Processing was begun ${QUEUE_TIMING.maxAttempts} times and never ended.`,
  );
}

/** Makes the result visible, or removes it if the image was deleted meanwhile and its objects with it. */
async function keepResult(
  rendition: { imageId: string; name: string },
  facts: RenditionFacts,
  { table, objects }: Job,
): Promise<void> {
  if (await finishRendition(table, rendition, facts)) return;
  const image = await readImage(table, rendition.imageId, { consistent: true });
  const isThere = image?.record.status === 'stored' && image.renditions.some(({ name }) => name === rendition.name);
  if (!isThere) await objects.delete(facts.key);
}

/** Whether trying again may help; what nobody foresaw counts as such. */
const isPassing = (error: unknown): boolean => !(error instanceof ImageServiceError) || error.retryable;

/** What to write into the record: a lasting failure's own code, a passing one's only when there will be no other try. */
function lastingFailure(error: unknown, { isLast, delivery }: Job): Failure | undefined {
  if (error instanceof ImageServiceError && !error.retryable) return { code: error.code, detail: error.message };
  if (!isLast) return undefined;
  return {
    code: 'processing_failed',
    detail: `Processing failed ${delivery.receiveCount} times. Ask for the rendition again.`,
  };
}
