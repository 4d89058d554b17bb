import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { DigestAnswer, FileRange } from './file-digest-thread.ts';
import type { StoredObject } from './object-store.ts';

/** Threads that read and hash, so that the service goes on answering meanwhile. Started when first needed, ended when idle for a while. */
let pool: Piscina<FileRange[], DigestAnswer> | undefined;

const openPool = () =>
  new Piscina<FileRange[], DigestAnswer>({
    filename: fileURLToPath(new URL('file-digest-thread.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: 5_000,
    // Its options are those of the process, which has a small young generation for streams; a loop over one buffer needs none.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  });

/** The length and SHA-256 of files, one behind the other, each up to its own length. */
export async function digestFiles(files: FileRange[]): Promise<StoredObject> {
  pool ??= openPool();
  const answer = await pool.run(files);
  if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure);
  return answer;
}
