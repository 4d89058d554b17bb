import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { ForkedProcess } from './forked-process.ts';
import type { RenderEvent, RenderJob } from './pipeline/render.ts';

export interface RenderOptions {
  /** Aborted when nobody wants the results any more. */
  signal: AbortSignal;
  onEvent(event: RenderEvent): void;
}

/** `peakMemoryBytes`: the most that was resident. */
export type Done = { peakMemoryBytes: number };

/** How a job ended that was not done. */
interface Death {
  /** Whether the process had begun the job, which may then be the reason. */
  isBegun: boolean;
  code: keyof typeof DEATHS;
  cause: Error;
}

/** Time beyond the limit for a process to say so itself. */
const GRACE_SECONDS = 3;

/** Seconds for a process to start and take a job. */
const BEGIN_SECONDS = 10;

/** What a process can die of, by the code that its rendition gets. */
export const DEATHS = {
  processing_crashed: 'The process that worked on the image died.',
  processing_timeout: 'Processing took longer than allowed and was ended.',
  processing_memory: 'Processing needed more memory than allowed and was ended.',
} satisfies Partial<Record<ErrorCode, string>>;

/** Has a process do a job, and ends it when that is aborted, when it tells of too much memory, or nothing for too long. */
export async function renderIn(
  process: ForkedProcess,
  job: RenderJob,
  { signal, onEvent, timeoutSeconds }: RenderOptions & { timeoutSeconds: number },
): Promise<Done | Death> {
  let isBegun = false;
  let code: Death['code'] = 'processing_crashed';
  const endWith = (reason: Death['code']) => {
    code = reason;
    process.kill();
  };
  const allowedMs = (timeoutSeconds + GRACE_SECONDS) * 1000;
  let timer = setTimeout(process.kill, BEGIN_SECONDS * 1000);
  signal.addEventListener('abort', process.kill);
  const done = new Promise<Done>((resolve) => {
    process.send(job, (message) => {
      if (message.kind === 'done') return resolve(message);
      if (message.kind === 'memory') return endWith('processing_memory');
      isBegun = true;
      clearTimeout(timer);
      timer = setTimeout(endWith, allowedMs, 'processing_timeout');
      onEvent(message);
    });
  });
  try {
    return await Promise.race([done, process.gone.then((cause) => ({ isBegun, code, cause }))]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', process.kill);
  }
}
