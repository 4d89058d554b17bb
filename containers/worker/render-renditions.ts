import { join } from 'node:path';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { RESULT_BYTES_AHEAD } from '../../shared/domain/limits.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { addImageDescription } from '../../shared/storage/table/image-writes.ts';
import type { ImageProcesses } from './image-processes.ts';
import { allowTime, type MessageTime } from './message-time.ts';
import type { Rendered, RenderFailure, RenderJob } from './pipeline/render.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import type { RenderEvent } from './render-in-process.ts';
import { type Attempt, beginAttempt, type Job } from './rendition-attempt.ts';
import { openWatermarks, type Watermarks } from './watermarks.ts';
import type { ResultFile, WorkDirectory } from './work-directory.ts';

/** What making renditions takes beside a message. */
export interface RenderDependencies extends Job {
  directory: WorkDirectory;
  processes: ImageProcesses;
  limits: PipelineLimits;
  /** Time of image processes that all renditions together may take. */
  messageTimeoutSeconds: number;
}

/** What became of the renditions of a message. */
export interface Rendering {
  attempts: Attempt[];
  fetchMs?: number;
  bytesIn: number;
  peakMemoryBytes: number;
}

/**
 * Makes renditions of one original. Those begun for the first time go to one process together and share what they can; one whose
 * attempt has ended badly before goes alone, so that it takes no other along.
 */
export async function renderAll(requests: RenditionRequest[], job: RenderDependencies): Promise<Rendering> {
  const { image, delivery, directory, messageTimeoutSeconds } = job;
  const attempts = await beginAll(requests, job);
  const rendering: Rendering = { attempts, bytesIn: image.record.contentLength, peakMemoryBytes: 0 };
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
    const path = await original.catch((error: unknown) => endAll(open, error));
    rendering.fetchMs = performance.now() - fetching;
    for (const [index, group] of path === undefined ? [] : groupsOf(open).entries()) {
      if (index > 0 && delivery.stopping.aborted) await giveBackUnfinished(group, delivery.stopping.reason);
      else await renderGroup(group, { ...job, path: String(path), watermarks, time, overruns }, rendering);
    }
  } finally {
    await watermarks.remove();
    await original.then(directory.remove, () => undefined);
  }
  return rendering;
}

/** Begins every attempt, or none: where one cannot be written down, the others are given back. */
async function beginAll(requests: RenditionRequest[], job: RenderDependencies): Promise<Attempt[]> {
  const begun = await Promise.allSettled(requests.map((request) => beginAttempt(request, job)));
  const attempts = begun.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
  const failed = begun.find((each) => each.status === 'rejected');
  if (!failed) return attempts;
  // What cannot be written either was the reason for coming here.
  await Promise.allSettled(attempts.map((attempt) => attempt.giveBack(failed.reason)));
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

async function endAll(attempts: Attempt[], error: unknown): Promise<undefined> {
  for (const attempt of attempts) await attempt.fail(error);
}

interface Group extends RenderDependencies {
  path: string;
  watermarks: Watermarks;
  time: MessageTime;
  /** Processes that were ended over this original, because they took more time or memory than allowed. */
  overruns: { count: number };
}

/**
 * What a drawing takes is estimated before, and where the estimate was wrong for two renditions, it is not believed for the others. The pixels of other
 * originals take what they take whatever they show.
 */
const MOST_OVERRUNS_OF_DRAWING = 2;

const isOverrun = (error: unknown): boolean =>
  hasCode(error, 'processing_timeout') || hasCode(error, 'processing_memory');

/**
 * Has a process make some renditions. Where it dies over one of them, another goes on with the rest, so that a rendition costs no other
 * anything, unless they are of a drawing over which processes were ended again and again; each turn ends one at least.
 */
async function renderGroup(attempts: Attempt[], group: Group, rendering: Rendering): Promise<void> {
  const { stopping } = group.delivery;
  const watermarks: Record<ImageId, string> = {};
  for (const attempt of attempts) {
    const found = await group.watermarks.pathsFor(attempt.request).catch((error: unknown) => attempt.fail(error));
    Object.assign(watermarks, found);
  }
  for (let turn = 0; ; turn += 1) {
    const open = attempts.filter((attempt) => !attempt.isOver());
    if (open.length === 0) return;
    if (turn > 0 && stopping.aborted) return await giveBackUnfinished(open, stopping.reason);
    if (isGivenUp(group)) return await endAll(open, overrun());
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

/** One process's turn: writes down each rendition as soon as it is there, and what the process died of, which it answers. */
async function renderInOne(
  attempts: Attempt[],
  group: Group & { paths: Record<ImageId, string> },
  rendering: Rendering,
): Promise<unknown> {
  const { delivery, directory, processes, limits, path, paths, image, time, logger } = group;
  // What is full or gone on this machine is no fault of the image, and nothing of it is begun.
  const folder = await directory.makeFolder().catch((error: unknown) => endAll(attempts, error));
  if (folder === undefined) return undefined;
  const requests = attempts.map(({ request }) => request);
  const isFirst = image.record.placeholder === undefined;
  const job: RenderJob = { path, requests, watermarks: paths, limits, folder, isFirst };
  const { onEvent, room, written, current, hasEnough } = writeDown(attempts, { ...group, folder });
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
    if (hasEnough.aborted) await giveBackUnfinished(attempts, hasEnough.reason);
    else await blame(attempts, death ?? new Error('The process said nothing of it.'), current());
    return death;
  } finally {
    await directory.remove(folder);
  }
}

async function giveBackUnfinished(attempts: Attempt[], reason: unknown): Promise<void> {
  for (const attempt of attempts) if (!attempt.isOver()) await attempt.giveBack(reason);
}

/** The process has died: that is put down to the rendition it was at, or to all that are left if it was at none. */
async function blame(attempts: Attempt[], error: unknown, current: Attempt | undefined): Promise<void> {
  const blamed = current && !current.isOver() ? [current] : attempts.filter((attempt) => !attempt.isOver());
  for (const attempt of blamed) await attempt.fail(error);
}

/** Takes what a process tells, and writes it down while that goes on. Has enough when a worker that is to end comes to the next rendition. */
function writeDown(attempts: Attempt[], group: Group & { folder: string }) {
  const { table, image, delivery, directory, folder } = group;
  const writes = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const write = (work: Promise<void>) => {
    const written = work.catch((error: unknown) => void failures.push(error)).finally(() => writes.delete(written));
    writes.add(written);
  };
  const enough = new AbortController();
  let current: Attempt | undefined;
  const onEvent = (event: RenderEvent) => {
    if (event.kind === 'rendering') {
      current = attempts[event.place];
      if (event.place > 0 && delivery.stopping.aborted) enough.abort(delivery.stopping.reason);
    }
    if (event.kind === 'described') write(addImageDescription(table, image.record.imageId, event.description));
    if (event.kind === 'rendered') {
      const path = join(folder, String(event.place));
      write(keepFile(attempts[event.place] as Attempt, { ...event.result, path }, directory));
    }
    if (event.kind === 'failed') write((attempts[event.place] as Attempt).fail(errorOf(event.failure)));
  };
  const room = async () => {
    while (writes.size > 0 && (await directory.bytesIn(folder)) > RESULT_BYTES_AHEAD) await Promise.race(writes);
  };
  const written = async () => {
    await Promise.all(writes);
    if (failures.length > 0) throw failures[0];
  };
  return { onEvent, room, written, current: () => current, hasEnough: enough.signal };
}

/** Stores what a process says lies at a path, and removes it from there. */
async function keepFile(
  attempt: Attempt,
  { path, ...result }: Rendered & { path: string },
  directory: WorkDirectory,
): Promise<void> {
  let file: ResultFile | undefined;
  try {
    file = await directory.openResult(path);
    await attempt.keep(result, file);
  } catch (error) {
    await attempt.fail(error);
  } finally {
    // A store that does not answer has not read it.
    file?.body.destroy();
    await directory.remove(path);
  }
}

const errorOf = ({ code, detail, retryable }: RenderFailure): Error =>
  retryable ? new Error(detail) : new ImageServiceError(code, detail);
