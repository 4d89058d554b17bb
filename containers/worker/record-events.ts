import { join } from 'node:path';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { RESULT_BYTES_AHEAD } from '../../shared/domain/limits.ts';
import { countRequests } from '../../shared/runtime/aws-requests.ts';
import { addImageDescription } from '../../shared/storage/table/image-writes.ts';
import type { JobEvent } from './image-processes/run-job.ts';
import type { Rendered, RenderFailure } from './pipeline/render-job.ts';
import type { Attempt, AttemptContext } from './rendition-attempt.ts';
import type { ResultFile, WorkDirectory } from './work-directory.ts';

interface RecordContext extends Pick<AttemptContext, 'table' | 'image' | 'delivery' | 'costs'> {
  directory: WorkDirectory;
  /** The folder in which the process leaves its results. */
  folder: string;
}

/** Records the events of a process while it works. `hasEnough` aborts when the worker is to end and the process comes to the next rendition. */
export function recordEvents(attempts: Attempt[], { table, image, delivery, costs, directory, folder }: RecordContext) {
  const writes = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const write = (work: Promise<void>) => {
    const written = work.catch((error: unknown) => void failures.push(error)).finally(() => writes.delete(written));
    writes.add(written);
  };
  const enough = new AbortController();
  let current: Attempt | undefined;
  const onEvent = (event: JobEvent) => {
    if (event.kind === 'rendering') {
      current = attempts[event.index];
      if (event.index > 0 && delivery.stopping.aborted) enough.abort(delivery.stopping.reason);
    }
    if (event.kind === 'described') {
      const describe = () => addImageDescription(table, image.record.imageId, event.description);
      write(countRequests(costs.ofOriginal, describe));
    }
    if (event.kind === 'died') {
      const blamed = current?.isOver() === false ? current : attempts.find((attempt) => !attempt.isOver());
      blamed?.addCpu(event.cpuMs);
    }
    if (event.kind === 'rendered' || event.kind === 'failed') {
      write(endAttempt(attempts[event.index] as Attempt, event, { directory, folder }));
    }
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

async function endAttempt(
  attempt: Attempt,
  event: Extract<JobEvent, { kind: 'rendered' | 'failed' }>,
  { directory, folder }: Pick<RecordContext, 'directory' | 'folder'>,
): Promise<void> {
  attempt.addCpu(event.cpuMs);
  if (event.kind === 'failed') return await attempt.fail(errorOf(event.failure));
  await storeFile(attempt, { ...event.result, path: join(folder, String(event.index)) }, directory);
}

/** Stores the result that a process has left at a path, and removes the file. */
async function storeFile(
  attempt: Attempt,
  { path, ...result }: Rendered & { path: string },
  directory: WorkDirectory,
): Promise<void> {
  let file: ResultFile | undefined;
  try {
    file = await directory.openResult(path);
    await attempt.store(result, file);
  } catch (error) {
    await attempt.fail(error);
  } finally {
    // When the store does not answer, the file has not been read to its end.
    file?.body.destroy();
    await directory.remove(path);
  }
}

const errorOf = ({ code, detail, retryable }: RenderFailure): Error =>
  retryable ? new Error(detail) : new ImageServiceError(code, detail);
