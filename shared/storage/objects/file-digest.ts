import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { DigestAnswer, FileRange } from './file-digest-thread.ts';
import type { StoredObject } from './object-store.ts';

/** Worker threads that read and hash, so that the service can go on answering. They start when first needed and end when idle for a while. */
let pool: Piscina<FileRange[], DigestAnswer> | undefined;

const openPool = () =>
  new Piscina<FileRange[], DigestAnswer>({
    filename: fileURLToPath(new URL('file-digest-thread.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: 5_000,
    // A worker would inherit the options of the process, whose young generation is sized for streams; a loop over one buffer needs none.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  });

/** Computes the total length and the SHA-256 of several files, each up to its own length. */
export async function digestFiles(files: FileRange[]): Promise<StoredObject> {
  pool ??= openPool();
  const answer = await pool.run(files);
  if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure);
  return answer;
}
