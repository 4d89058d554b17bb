import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowTime, type TimeAllowance } from '../../../containers/worker/image-processes/message-time-limit.ts';
import type { ImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import type { JobEvent } from '../../../containers/worker/image-processes/run-job.ts';
import type { RenderJob } from '../../../containers/worker/pipeline/render-job.ts';
import { photograph } from '../images/picture.ts';
import { LIMITS_WITHOUT_BUDGET } from './rendition-run.ts';
import { request } from './worker-bench.ts';

const RESIZE = { operation: 'resize', width: 20 };
/** Commands that take some tenths of a second each on one core. */
const BLUR = { operation: 'blur', sigma: 60 };
/** A single operation of libvips that takes minutes. With a budget it is refused. */
const ENDLESS = { operation: 'blur', sigma: 1000 };

export interface ImageJobs {
  make(original: Buffer, commands?: object[], timeoutSeconds?: number): Promise<RenderJob>;
  /** Done in some milliseconds. */
  quick: RenderJob;
  /** Done in a second or two. */
  slow: RenderJob;
  /** Takes longer than its own limit of a minute, so it must be ended from outside. */
  hanging: RenderJob;
}

/** Jobs for image processes, with their files below a folder. */
export async function prepareImageJobs(folder: string): Promise<ImageJobs> {
  const make: ImageJobs['make'] = async (original, commands = [RESIZE], timeoutSeconds = 60) => {
    const results = join(folder, randomUUID());
    await mkdir(results);
    const path = join(results, 'original');
    await writeFile(path, original);
    const limits = { ...LIMITS_WITHOUT_BUDGET, timeoutSeconds };
    return {
      path,
      requests: [request('a', commands)],
      watermarks: {},
      limits,
      folder: results,
      isFirst: false,
    };
  };
  return {
    make,
    quick: await make(await photograph(60, 40).jpeg().toBuffer()),
    slow: await make(await photograph(1600, 1200).jpeg().toBuffer(), Array(5).fill(BLUR)),
    hanging: await make(await photograph(2400, 1800).jpeg().toBuffer(), [ENDLESS]),
  };
}

/** A job for a process. */
export interface Given {
  /** The id of the process that has begun it. */
  begun: Promise<number>;
  events: JobEvent[];
  /** `done`, or what it was rejected with. */
  ending: Promise<unknown>;
}

export function give(
  processes: ImageProcessPool,
  job: RenderJob,
  signal: AbortSignal = new AbortController().signal,
  time: TimeAllowance = allowTime(600),
): Given {
  const begun = Promise.withResolvers<number>();
  const events: JobEvent[] = [];
  const onEvent = (event: JobEvent) => {
    events.push(event);
    if (event.kind === 'begun') begun.resolve(event.pid);
  };
  const ending = processes.render(job, { signal, onEvent, time, room: () => Promise.resolve() }).then(
    () => 'done',
    (error: unknown) => error,
  );
  return { begun: begun.promise, events, ending };
}
