import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMessage, type ProcessingMessage } from '../../shared/contracts/queue-message.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { renditionHash, renditionsPrefix } from '../../shared/domain/object-key.ts';
import { price, type ReceiptPrices } from '../../shared/domain/receipt.ts';
import { isFinal } from '../../shared/domain/rendition.ts';
import { billedRequests, countRequests, type RequestCounts } from '../../shared/runtime/aws-requests.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import {
  type FoundImage,
  type Image,
  type ImageTable,
  isStored,
  readImage,
} from '../../shared/storage/table/image-table.ts';
import type { Delivery, MessageHandler } from './consumers.ts';
import type { ImageProcessPool } from './image-processes/pool.ts';
import type { MessageMeasurements, RenditionMeasurements } from './metrics/measurements.ts';
import type { MessageMetrics } from './metrics/message-metrics.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import { type RenderOutcome, renderRenditions } from './render-renditions.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface ProcessDependencies {
  objects: ObjectStore;
  table: ImageTable;
  directory: WorkDirectory;
  processes: ImageProcessPool;
  limits: PipelineLimits;
  /** Time of image processes that all renditions of a message may take together, each time that it is received. */
  messageTimeoutSeconds: number;
  metrics: MessageMetrics;
  /** Unit prices, if receipts are to tell USD. */
  prices?: ReceiptPrices | undefined;
  logger: Logger;
}

/** Milliseconds between reads of a record that the message has overtaken; the API writes it just after sending. */
const RECORD_POLLS_MS = [25, 50, 100, 200, 400, 800];

/** Works on one message: makes every rendition in it that is not made yet. */
export const processMessage =
  (dependencies: ProcessDependencies): MessageHandler =>
  async (delivery) => {
    const message = decodeMessage(delivery.body);
    const logger = dependencies.logger.child({ requestId: message.requestId, imageId: message.imageId });
    await measure(message, { delivery, ...dependencies }, async () => {
      const found = await awaitImage(message, delivery, dependencies.table);
      if (!found.image || found.missing.length > 0) {
        if (!isLastReceive(delivery)) throw new Error('the record of what the message asks for is not there yet');
        logger.warn({ missing: found.image ? found.missing : 'record' }, 'nobody waits for this message');
      }
      if (found.image?.record.status === 'deleted') {
        // A worker that had the message before may have stored a result after the image's objects were removed.
        await dependencies.objects.deletePrefix(renditionsPrefix(message.imageId));
        return undefined;
      }
      if (!isStored(found.image)) return undefined;
      const job = { image: found.image, delivery, isLast: isLastReceive(delivery), ...dependencies, logger };
      return renderRenditions(selectUnmade(found.image, message), job);
    });
  };

/** Records what the work on a message cost, however it ends. A rendition that failed for a retryable reason brings the message back, after all were tried. */
async function measure(
  { imageId, requestId, renditions }: ProcessingMessage,
  { delivery, metrics, prices }: { delivery: Delivery } & Pick<ProcessDependencies, 'metrics' | 'prices'>,
  work: () => Promise<RenderOutcome | undefined>,
): Promise<void> {
  const begun = Date.now();
  let rendering: RenderOutcome | undefined;
  let failure: unknown;
  try {
    rendering = await countRequests(delivery.requests, work);
    failure = rendering?.attempts.map((attempt) => attempt.retryReason()).find(Boolean);
  } catch (error) {
    failure = error;
  }
  const { attempts = [], ...costs } = rendering ?? {};
  const made = new Set(attempts.map(({ request }) => request.name));
  const skipped = renditions.filter(({ name }) => !made.has(name));
  const measured: Omit<MessageMeasurements, keyof RequestCounts> = {
    imageId,
    requestId,
    receiveCount: delivery.receiveCount,
    queueWaitMs: begun - delivery.sentAt,
    totalMs: Date.now() - begun,
    ...costs,
    renditions: [...attempts.map((attempt) => attempt.measurements()), ...skipped.map(skippedRendition)],
    outcome: delivery.lost.aborted ? 'lost' : failure ? 'returned' : 'done',
    ...(failure instanceof ImageServiceError && { code: failure.code }),
  };
  // Only then is known all that was asked of AWS for it.
  delivery.onEnd(() => {
    const counts = delivery.requests.take();
    const cpuMs = measured.renditions.reduce((sum, rendition) => sum + (rendition.cpuMs ?? 0), 0);
    const priced = prices && price({ ...billedRequests(counts), cpuMs }, prices);
    metrics.record({ ...measured, ...counts, ...priced });
  });
  if (failure) throw failure;
}

const skippedRendition = ({ name }: RenditionRequest): RenditionMeasurements => ({
  name,
  outcome: 'skipped',
  attempts: 0,
  passesMs: [],
});

const isLastReceive = ({ receiveCount }: Delivery): boolean => receiveCount >= QUEUE_TIMING.maxReceiveCount;

/** Waits for the image with every rendition of the message; returns what there is of it when waiting any longer makes no sense. */
async function awaitImage(
  { imageId, renditions }: ProcessingMessage,
  { stopping }: Delivery,
  table: ImageTable,
): Promise<{ image: FoundImage | undefined; missing: string[] }> {
  for (let look = 0; ; look += 1) {
    const image = await readImage(table, imageId, { consistent: true });
    if (image?.record.status === 'deleted') return { image, missing: [] };
    const known = new Set(image?.renditions.map(({ name }) => name));
    const missing = renditions.map(({ name }) => name).filter((name) => !known.has(name));
    const pause = RECORD_POLLS_MS[look];
    if ((image && missing.length === 0) || pause === undefined) return { image, missing };
    await sleep(pause, undefined, { signal: stopping });
  }
}

/** The requests of a message whose renditions are not final. A request whose record has another pipeline has lost to another request of the same name. */
function selectUnmade({ record, renditions }: Image, message: ProcessingMessage): RenditionRequest[] {
  const hash = (request: RenditionRequest) => renditionHash(record.checksumSha256, request);
  return message.renditions.filter((request) => {
    const known = renditions.find(({ name }) => name === request.name);
    return known && !isFinal(known.status) && hash(known) === hash(request);
  });
}
