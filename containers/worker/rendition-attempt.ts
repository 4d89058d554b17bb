import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { type Failure, hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import { renditionKey } from '../../shared/domain/object-key.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';
import { countRequests } from '../../shared/runtime/aws-requests.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { type Image, type ImageTable, readImage } from '../../shared/storage/table/image-table.ts';
import {
  addCost,
  failRendition,
  finishRendition,
  interruptRendition,
  releaseRendition,
  startRendition,
} from '../../shared/storage/table/rendition-states.ts';
import type { Delivery } from './consumers.ts';
import type { AttemptCosts, MessageCosts } from './message-costs.ts';
import type { RenditionMeasurements } from './metrics/measurements.ts';
import type { Rendered } from './pipeline/render-job.ts';
import type { ResultFile } from './work-directory.ts';

/** What all renditions of one message share. */
export interface AttemptContext {
  image: Image;
  delivery: Delivery;
  /** Whether the message will not come again. */
  isLast: boolean;
  objects: ObjectStore;
  table: ImageTable;
  costs: MessageCosts;
  logger: Logger;
}

/** One rendition that this worker has begun. The first of `store`, `fail` and `release` that is called writes down how it ends. */
export interface Attempt {
  request: RenditionRequest;
  /** Decodes begun for it, this one included. Several messages may ask for one rendition, and each that is worked on meanwhile counts. */
  attempts: number;
  /** Adds milliseconds of processor time to what it costs. */
  addCpu(ms: number): void;
  /** Has it asked, when the result is there, whether the rendition is private whatever its image is. */
  decideVisibility(isPrivate: () => Promise<boolean>): void;
  /** Stores the result and marks the rendition as ready. */
  store(result: Rendered, file: ResultFile): Promise<void>;
  /** Marks the rendition as failed for good, or puts it back to the queue so that the message must come again. */
  fail(error: unknown): Promise<void>;
  /** Puts the rendition back as if it had not been begun; the message must come again for it. */
  release(reason: unknown): Promise<void>;
  /** Adds what it has cost to the rendition, unless that was written with how it ended: it may be over without, or not over at all. */
  settle(): Promise<void>;
  /** Whether it has ended. */
  isOver(): boolean;
  /** Why the message must come again for it. */
  retryReason(): unknown;
  measurements(): RenditionMeasurements;
}

/** Counts an attempt, before the decode begins. Undefined if there is nothing to do for it any more. */
export async function beginAttempt(request: RenditionRequest, context: AttemptContext): Promise<Attempt | undefined> {
  const { imageId } = context.image.record;
  const ledger = context.costs.openLedger();
  const started = await countRequests(ledger, () => startRendition(context.table, { imageId, name: request.name }));
  if (!started) return undefined;
  const costs = context.costs.openAttempt(ledger);
  return countAttempt(costs, openAttempt(request, started, { ...context, attempt: costs }));
}

/** Has all that an attempt asks of AWS counted with it. */
const countAttempt = (costs: AttemptCosts, attempt: Attempt): Attempt => ({
  ...attempt,
  store: (result, file) => countRequests(costs.requests, () => attempt.store(result, file)),
  fail: (error) => countRequests(costs.requests, () => attempt.fail(error)),
  release: (reason) => countRequests(costs.requests, () => attempt.release(reason)),
  settle: () => countRequests(costs.requests, attempt.settle),
  measurements: () => ({
    ...attempt.measurements(),
    cpuMs: costs.cpuMs(),
    requests: costs.requests.counts().requests,
  }),
});

/** A rendition with what the attempt at it has cost. */
type Known = Parameters<typeof addCost>[1];

function openAttempt(
  request: RenditionRequest,
  { attempts }: Rendition,
  context: AttemptContext & { attempt: AttemptCosts },
): Attempt {
  const { attempt: costs } = context;
  const rendition = { imageId: context.image.record.imageId, name: request.name };
  const logger = context.logger.child({ rendition: request.name, attempts });
  const begun = performance.now();
  const since = () => Math.round(performance.now() - begun);
  let retryReason: unknown;
  let isOver = false;
  let decide = async () => false;
  let isSettled = false;
  const end = async (
    ending: 'ready' | 'failed' | 'returned',
    write: (known: Known) => Promise<Rendition | undefined>,
  ) => {
    const written = await write({ ...rendition, cost: costs.receipt(ending) });
    isSettled ||= written !== undefined;
    return written;
  };
  let measured: RenditionMeasurements = { name: request.name, outcome: 'returned', attempts, passesMs: [] };

  return {
    request,
    attempts,
    isOver: () => isOver,
    retryReason: () => retryReason,
    measurements: () => measured,
    addCpu: costs.addCpu,
    decideVisibility(isPrivate) {
      decide = isPrivate;
    },
    async store(result, file) {
      isOver = true;
      const isPrivate = await decide();
      const { facts, storeMs } = await store(request, { ...result, ...file }, context);
      // Another worker may have the message by now; then only that one may write.
      context.delivery.lost.throwIfAborted();
      measured = { ...measured, ...measuresOf(result), bytesOut: file.contentLength, storeMs };
      if (
        !(await end('ready', (known) =>
          finishRendition(context.table, known, { ...facts, ...(isPrivate && { isPrivate: true }) }),
        ))
      ) {
        // Somebody else made it, or the image is gone.
        measured = { ...measured, outcome: 'skipped' };
        return await discard(rendition, facts.key, context);
      }
      measured = { ...measured, outcome: 'ready' };
      logger.info({ durationMs: since(), ...facts }, 'ready');
    },
    async fail(error) {
      isOver = true;
      context.delivery.lost.throwIfAborted();
      const failure = finalFailure(error, attempts, context);
      // A rendition that was given up needs no other try; a message received for the last time still belongs among the dead letters.
      if (isRetryable(error) && (!failure || context.isLast)) retryReason = error;
      const goBack = hasCode(error, 'processing_crashed') ? interruptRendition : releaseRendition;
      if (failure) await end('failed', (known) => failRendition(context.table, known, failure));
      else await end('returned', (known) => goBack(context.table, known));
      if (failure) measured = { ...measured, outcome: 'failed', code: failure.code };
      logger.warn({ durationMs: since(), ...failure, err: error }, failure ? 'failed' : 'comes again');
    },
    async release(reason) {
      // Nobody would make it: the message goes to the dead letters now.
      if (context.isLast) return await this.fail(reason);
      isOver = true;
      retryReason = reason;
      context.delivery.lost.throwIfAborted();
      await end('returned', (known) => releaseRendition(context.table, known));
    },
    async settle() {
      if (isSettled) return;
      isSettled = true;
      await addCost(context.table, { ...rendition, cost: costs.receipt('apart') });
    },
  };
}

const measuresOf = ({ isDecodeShared, decodeMs, passesMs, encodeMs }: Rendered) => ({
  isDecodeShared,
  decodeMs,
  passesMs,
  encodeMs,
});

/** Stores a result under the key that its content has. */
async function store(request: RenditionRequest, result: Rendered & ResultFile, { image, objects }: AttemptContext) {
  const begun = performance.now();
  const { format, body, contentLength, width, height, frames, quality, warnings } = result;
  const key = renditionKey(image.record, request, format);
  const contentType = IMAGE_FORMATS[format].mediaType;
  const stored = await objects.put(key, body, { contentType, contentLength, isFinishing: true });
  const more = { ...(frames && { frames }), ...(quality && { quality }), ...(warnings && { warnings }) };
  return { facts: { key, contentType, ...stored, width, height, ...more }, storeMs: performance.now() - begun };
}

/** Removes a result if the image was deleted meanwhile and its objects with it. */
async function discard(
  rendition: { imageId: string; name: string },
  key: string,
  { table, objects }: AttemptContext,
): Promise<void> {
  const image = await readImage(table, rendition.imageId, { consistent: true });
  const isThere = image?.record.status === 'stored' && image.renditions.some(({ name }) => name === rendition.name);
  if (!isThere) await objects.delete(key);
}

/** Whether trying again may help; it may after an error that nobody foresaw. */
const isRetryable = (error: unknown): boolean => !(error instanceof ImageServiceError) || error.retryable;

/** The failure to write into the record: one that would only repeat itself with its own code, a retryable one only when there will be no other try. */
function finalFailure(error: unknown, attempts: number, { isLast, delivery }: AttemptContext): Failure | undefined {
  if (error instanceof ImageServiceError && !error.retryable) return { code: error.code, detail: error.message };
  if (hasCode(error, 'processing_crashed')) {
    if (attempts < QUEUE_TIMING.maxAttempts && !isLast) return undefined;
    return { code: 'processing_crashed', detail: `The process that worked on the image died, ${attempts} times.` };
  }
  if (!isLast) return undefined;
  return {
    code: 'processing_failed',
    detail: `Processing failed ${delivery.receiveCount} times. Ask for the rendition again.`,
  };
}
