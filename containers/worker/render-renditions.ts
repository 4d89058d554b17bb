import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { type Failure, ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageId } from '../../shared/domain/image-id.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { describeImage } from '../../shared/storage/image-table.ts';
import type { ImageProcesses } from './image-processes.ts';
import type { RenderEvent, RenderJob } from './pipeline/render.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import { type Attempt, beginAttempt, type Job } from './rendition-attempt.ts';
import { openWatermarks, type Watermarks } from './watermarks.ts';
import type { WorkDirectory } from './work-directory.ts';

/** What making renditions takes beside a message. */
export interface RenderDependencies extends Job {
  directory: WorkDirectory;
  processes: ImageProcesses;
  limits: PipelineLimits;
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
  const { image, delivery, directory } = job;
  const begun = await Promise.all(requests.map((request) => beginAttempt(request, job)));
  const attempts = begun.filter((attempt) => attempt !== undefined);
  const rendering: Rendering = { attempts, bytesIn: image.record.contentLength, peakMemoryBytes: 0 };
  for (const attempt of attempts) if (attempt.attempts > QUEUE_TIMING.maxAttempts) await attempt.fail(tooOften());
  const open = attempts.filter((attempt) => !attempt.isOver());
  if (open.length === 0) return rendering;
  const watermarks = openWatermarks(job, image.record.owner, delivery.lost);
  const fetching = performance.now();
  const original = directory.fetch(job.objects, originalKey(image.record.imageId), delivery.lost);
  try {
    const path = await original.catch((error: unknown) => endAll(open, error));
    rendering.fetchMs = performance.now() - fetching;
    for (const [index, group] of path === undefined ? [] : groupsOf(open).entries()) {
      if (index > 0 && delivery.stopping.aborted) await giveBackUnfinished(group, delivery.stopping.reason);
      else await renderGroup(group, { ...job, path: String(path), watermarks }, rendering);
    }
  } finally {
    await watermarks.remove();
    await original.then(directory.remove, () => undefined);
  }
  return rendering;
}

/** All together, or each alone if one of them has ended badly before. */
const groupsOf = (attempts: Attempt[]): Attempt[][] =>
  attempts.some((attempt) => attempt.attempts > 1) ? attempts.map((attempt) => [attempt]) : [attempts];

const tooOften = (): ImageServiceError =>
  new ImageServiceError('processing_failed', `Processing was begun ${QUEUE_TIMING.maxAttempts} times and never ended.`);

async function endAll(attempts: Attempt[], error: unknown): Promise<undefined> {
  for (const attempt of attempts) await attempt.fail(error);
}

interface Group extends RenderDependencies {
  path: string;
  watermarks: Watermarks;
}

/** Has one process make some renditions, and writes down each as soon as it is there. */
async function renderGroup(attempts: Attempt[], group: Group, rendering: Rendering): Promise<void> {
  const { delivery, directory, processes, limits, path, image } = group;
  const watermarks: Record<ImageId, string> = {};
  for (const attempt of attempts) {
    const found = await group.watermarks.pathsFor(attempt.request).catch((error: unknown) => attempt.fail(error));
    Object.assign(watermarks, found);
  }
  const open = attempts.filter((attempt) => !attempt.isOver());
  if (open.length === 0) return;
  const requests = open.map(({ request }) => request);
  const folder = await directory.makeFolder();
  const job: RenderJob = {
    path,
    requests,
    watermarks,
    limits,
    folder,
    isFirst: image.record.placeholder === undefined,
  };
  const { onEvent, written, current, hasEnough } = writeDown(open, group);
  const signal = AbortSignal.any([delivery.lost, hasEnough]);
  let death: unknown;
  try {
    const done = await processes.render(job, { signal, onEvent }).catch((error: unknown) => {
      death = error;
    });
    rendering.peakMemoryBytes = Math.max(rendering.peakMemoryBytes, done?.peakMemoryBytes ?? 0);
    await written();
    delivery.lost.throwIfAborted();
    if (hasEnough.aborted) await giveBackUnfinished(open, hasEnough.reason);
    else if (death) await endUnfinished(open, death, current());
  } finally {
    await directory.remove(folder);
  }
}

async function giveBackUnfinished(attempts: Attempt[], reason: unknown): Promise<void> {
  for (const attempt of attempts) if (!attempt.isOver()) await attempt.giveBack(reason);
}

/** The process has died: that is put down to the rendition it was at, or to all if it was at none. */
async function endUnfinished(attempts: Attempt[], error: unknown, current: Attempt | undefined): Promise<void> {
  for (const attempt of attempts) {
    if (attempt.isOver()) continue;
    if (attempt === current || current === undefined || current.isOver()) await attempt.fail(error);
    else await attempt.giveBack(error);
  }
}

/** Takes what a process tells, and writes it down while that goes on. Has enough when a worker that is to end comes to the next rendition. */
function writeDown(attempts: Attempt[], { table, image, delivery }: Group) {
  const writes: Promise<void>[] = [];
  const write = (work: Promise<void>) => {
    // Looked at when the process is done; until then it counts as handled.
    work.catch(() => undefined);
    writes.push(work);
  };
  const enough = new AbortController();
  let current: Attempt | undefined;
  const onEvent = (event: RenderEvent) => {
    if (event.kind === 'rendering') {
      current = attempts[event.place];
      if (event.place > 0 && delivery.stopping.aborted) enough.abort(delivery.stopping.reason);
    }
    if (event.kind === 'described') write(describeImage(table, image.record.imageId, event.placeholder));
    if (event.kind === 'rendered') {
      const attempt = attempts[event.place] as Attempt;
      write(attempt.keep(event.result).catch((error: unknown) => attempt.fail(error)));
    }
    if (event.kind === 'failed') write((attempts[event.place] as Attempt).fail(errorOf(event.failure)));
  };
  const written = async () => {
    const failed = (await Promise.allSettled(writes.splice(0))).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  };
  return { onEvent, written, current: () => current, hasEnough: enough.signal };
}

const errorOf = ({ code, detail, retryable }: Failure & { retryable: boolean }): Error =>
  retryable ? new Error(detail) : new ImageServiceError(code, detail);
