import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { ReceiptPrices } from '../../shared/domain/receipt.ts';
import { addProcessing } from '../../shared/storage/table/day-usage.ts';
import { openWatermarks, type Watermarks } from './fetch-watermarks.ts';
import { allowTime, type TimeAllowance } from './image-processes/message-time-limit.ts';
import type { ImageProcessPool } from './image-processes/pool.ts';
import { openMessageCosts } from './message-costs.ts';
import type { RenderJob } from './pipeline/render-job.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import { recordEvents } from './record-events.ts';
import { type Attempt, type AttemptContext, beginAttempt } from './rendition-attempt.ts';
import type { WorkDirectory } from './work-directory.ts';

/** Everything that rendering needs beside a message. */
export interface RenderDependencies extends Omit<AttemptContext, 'costs'> {
  directory: WorkDirectory;
  processes: ImageProcessPool;
  limits: PipelineLimits;
  /** Time of image processes that all renditions together may take. */
  messageTimeoutSeconds: number;
  /** Unit prices, if receipts are to tell USD. */
  prices?: ReceiptPrices | undefined;
}

/** The work on a message, with what it costs. */
type CountedJob = RenderDependencies & AttemptContext;

/** The outcome of all renditions of a message. */
export interface RenderOutcome {
  attempts: Attempt[];
  fetchMs?: number;
  bytesIn: number;
  peakMemoryBytes: number;
}

/**
 * Makes renditions of one original. If all are begun for the first time, one process makes them together and they share what they can. If an attempt has
 * ended badly before, each is made alone, so that none takes another along.
 */
export async function renderRenditions(
  requests: RenditionRequest[],
  dependencies: RenderDependencies,
): Promise<RenderOutcome> {
  const job = { ...dependencies, costs: openMessageCosts(dependencies.delivery.requests, dependencies.prices) };
  const attempts = await beginAll(requests, job);
  try {
    return await renderAttempts(attempts, job);
  } finally {
    await settleAll(attempts, job);
    if (attempts.length > 0) await countProcessing(job);
  }
}

/** Adds the processor time to what the owner of the image has used today. */
async function countProcessing({ image, table, costs, logger }: CountedJob): Promise<void> {
  await addProcessing(table, image.record.owner, costs.cpuMs()).catch((err: unknown) =>
    logger.warn({ err, cpuMs: costs.cpuMs() }, 'the processor time does not count for the owner'),
  );
}

/** Has what each attempt has cost written down, where that was not done with how it ended. */
async function settleAll(attempts: Attempt[], { logger }: CountedJob): Promise<void> {
  for (const { settle, request } of attempts) {
    await settle().catch((err: unknown) =>
      logger.warn({ err, rendition: request.name }, 'the receipt lacks an attempt'),
    );
  }
}

async function renderAttempts(attempts: Attempt[], job: CountedJob): Promise<RenderOutcome> {
  const { image, delivery, directory, messageTimeoutSeconds } = job;
  const rendering: RenderOutcome = { attempts, bytesIn: image.record.contentLength, peakMemoryBytes: 0 };
  for (const attempt of attempts) if (isTooOften(attempt, delivery)) await attempt.fail(tooOften());
  const open = attempts.filter((attempt) => !attempt.isOver());
  if (open.length === 0) return rendering;
  const watermarks = openWatermarks(job, image.record.owner, delivery.lost);
  const time = allowTime(messageTimeoutSeconds);
  const overruns = { count: 0 };
  const fetching = performance.now();
  const { imageId, contentLength } = image.record;
  const source = { key: originalKey(imageId), contentLength };
  const original = directory.fetch(job.objects, source, delivery.lost);
  try {
    const path = await original.catch((error: unknown) => failAll(open, error));
    rendering.fetchMs = performance.now() - fetching;
    for (const [index, group] of path === undefined ? [] : groupsOf(open).entries()) {
      if (index > 0 && delivery.stopping.aborted) await releaseUnfinished(group, delivery.stopping.reason);
      else await renderGroup(group, { ...job, path: String(path), watermarks, time, overruns }, rendering);
    }
  } finally {
    await watermarks.remove();
    await original.then(directory.remove, () => undefined);
  }
  return rendering;
}

/** Begins every attempt, or none: when one cannot be written down, the others are released. */
async function beginAll(requests: RenditionRequest[], job: CountedJob): Promise<Attempt[]> {
  const begun = await Promise.allSettled(requests.map((request) => beginAttempt(request, job)));
  const attempts = begun.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
  const failed = begun.find((each) => each.status === 'rejected');
  if (!failed) return attempts;
  // A release that fails too has the same cause as the failure that is thrown below.
  await Promise.allSettled(attempts.map((attempt) => attempt.release(failed.reason)));
  await settleAll(attempts, job);
  throw failed.reason;
}

/** All together, or each alone if one of them has ended badly before. */
const groupsOf = (attempts: Attempt[]): Attempt[][] =>
  attempts.some((attempt) => attempt.attempts > 1) ? attempts.map((attempt) => [attempt]) : [attempts];

/** The message must have come as often: others that ask for the same rendition at the same time count attempts too, and harm nobody. */
const isTooOften = ({ attempts }: Attempt, { receiveCount }: RenderDependencies['delivery']): boolean =>
  Math.min(attempts, receiveCount) > QUEUE_TIMING.maxAttempts;

const tooOften = (): ImageServiceError =>
  new ImageServiceError('processing_failed', `Processing was begun ${QUEUE_TIMING.maxAttempts} times and never ended.`);

async function failAll(attempts: Attempt[], error: unknown): Promise<undefined> {
  for (const attempt of attempts) await attempt.fail(error);
}

interface Group extends CountedJob {
  path: string;
  watermarks: Watermarks;
  time: TimeAllowance;
  /** Processes that were ended over this original, because they took more time or memory than allowed. */
  overruns: { count: number };
}

/**
 * The cost of a drawing is estimated beforehand. When the estimate was wrong for two renditions, it is not trusted for the others either. The cost of other
 * originals depends on their number of pixels alone, not on what they show.
 */
const MOST_OVERRUNS_OF_DRAWING = 2;

const isOverrun = (error: unknown): boolean =>
  hasCode(error, 'processing_timeout') || hasCode(error, 'processing_memory');

/**
 * Has a process make some renditions. Where it dies over one of them, another goes on with the rest, so that a rendition costs no other
 * anything, unless they are of a drawing over which processes were ended again and again; each turn ends one at least.
 */
async function renderGroup(attempts: Attempt[], group: Group, rendering: RenderOutcome): Promise<void> {
  const { stopping } = group.delivery;
  const watermarks: Record<ImageId, string> = {};
  for (const attempt of attempts) {
    const found = await group.watermarks.fetchFor(attempt.request).catch((error: unknown) => attempt.fail(error));
    Object.assign(watermarks, found);
    attempt.decideVisibility(() => group.watermarks.arePrivate(attempt.request));
  }
  for (let turn = 0; ; turn += 1) {
    const open = attempts.filter((attempt) => !attempt.isOver());
    if (open.length === 0) return;
    if (turn > 0 && stopping.aborted) return await releaseUnfinished(open, stopping.reason);
    if (isGivenUp(group)) return await failAll(open, overrun());
    const death = await renderInOne(open, { ...group, paths: watermarks }, rendering);
    if (isOverrun(death)) group.overruns.count += 1;
  }
}

const isGivenUp = ({ image, overruns }: Group): boolean =>
  overruns.count >= MOST_OVERRUNS_OF_DRAWING && image.record.contentType === IMAGE_FORMATS.svg.mediaType;

const overrun = (): ImageServiceError =>
  new ImageServiceError(
    'rendition_too_costly',
    `${MOST_OVERRUNS_OF_DRAWING} renditions of this drawing took more time or memory than allowed, so that no other was begun. Simplify the drawing.`,
  );

/** Gives the attempts to one process, records each rendition as soon as it is made, and returns the error that the process died of. */
async function renderInOne(
  attempts: Attempt[],
  group: Group & { paths: Record<ImageId, string> },
  rendering: RenderOutcome,
): Promise<unknown> {
  const { delivery, directory, processes, limits, path, paths, image, time, logger } = group;
  // A disk that is full or gone is no fault of the image, so nothing is begun.
  const folder = await directory.makeFolder().catch((error: unknown) => failAll(attempts, error));
  if (folder === undefined) return undefined;
  const requests = attempts.map(({ request }) => request);
  const isFirst = image.record.placeholder === undefined;
  const job: RenderJob = { path, requests, watermarks: paths, limits, folder, isFirst };
  const { onEvent, room, written, current, hasEnough } = recordEvents(attempts, { ...group, folder });
  const signal = AbortSignal.any([delivery.lost, hasEnough]);
  let death: unknown;
  try {
    const done = await processes.render(job, { signal, onEvent, room, time }).catch((error: unknown) => {
      death = error;
    });
    rendering.peakMemoryBytes = Math.max(rendering.peakMemoryBytes, done?.peakMemoryBytes ?? 0);
    if (done?.closing) logger.warn({ err: done.closing }, 'no placeholder');
    await written();
    delivery.lost.throwIfAborted();
    if (hasEnough.aborted) await releaseUnfinished(attempts, hasEnough.reason);
    else await blame(attempts, death ?? new Error('The process said nothing of it.'), current());
    return death;
  } finally {
    await directory.remove(folder);
  }
}

async function releaseUnfinished(attempts: Attempt[], reason: unknown): Promise<void> {
  for (const attempt of attempts) if (!attempt.isOver()) await attempt.release(reason);
}

/** Blames the death of a process on the rendition that it worked on, or on all that are left if it worked on none. */
async function blame(attempts: Attempt[], error: unknown, current: Attempt | undefined): Promise<void> {
  const blamed = current && !current.isOver() ? [current] : attempts.filter((attempt) => !attempt.isOver());
  for (const attempt of blamed) await attempt.fail(error);
}
