import { writeFile } from 'node:fs/promises';
import { configureSharp } from './pipeline/configure-sharp.ts';
import { type RenderEvent, type RenderJob, render } from './pipeline/render.ts';

/**
 * A process that touches images: everything that a hostile one could bring down. It knows paths and pixels, has no credentials and
 * opens no connection. Started by forked-process.ts with its memory limit in bytes, it does one job at a time.
 */
export type ProcessMessage = RenderEvent | { kind: 'done'; peakMemoryBytes: number };

const [memoryLimit = Number.POSITIVE_INFINITY] = process.argv.slice(2).map(Number);

/** Milliseconds between looks at its own memory: libvips takes it piece by piece, some ten megabytes in this time. */
const LOOK_MS = 10;

/** After a job that took more than this share of the limit, the process ends when nothing follows at once: so its memory goes back whole. */
const KEPT_SHARE = 0.25;
const LEAVE_AFTER_MS = 500;

const tell = (message: ProcessMessage): void => void process.send?.(message);

let leaving: NodeJS.Timeout | undefined;

async function work(job: RenderJob): Promise<void> {
  clearTimeout(leaving);
  tell({ kind: 'begun', pid: process.pid });
  let peakMemoryBytes = 0;
  const look = () => {
    const bytes = process.memoryUsage.rss();
    peakMemoryBytes = Math.max(peakMemoryBytes, bytes);
    // Whoever started this ends it, and knows why.
    if (bytes > memoryLimit) tell({ kind: 'memory', bytes });
  };
  look();
  const looks = setInterval(look, LOOK_MS);
  await render(job, tell);
  look();
  clearInterval(looks);
  if (process.memoryUsage.rss() > memoryLimit * KEPT_SHARE) {
    leaving = setTimeout(() => process.exit(0), LEAVE_AFTER_MS);
  }
  tell({ kind: 'done', peakMemoryBytes });
}

// Whoever started this decides when it ends; a terminal and some supervisors tell the whole group of processes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// The worker is gone. Not by exit, which waits for libvips.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

configureSharp();
// Where memory runs out all the same, Linux is to end this process and not the one that holds the messages (proc(5), oom_score_adj).
await writeFile('/proc/self/oom_score_adj', '800').catch(() => undefined);

// What render does not foresee ends the process, as any crash does.
process.on('message', (job: RenderJob) => void work(job));
