import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SAMPLE_MS = 1;

/**
 * How many bytes the memory of this process grew at most while something ran, sampled every millisecond and at the end.
 * Garbage is collected first, so that what earlier tests of the same process left behind does not count.
 *
 * @param kinds - the kinds of memory to count: `rss` includes libraries outside V8, `arrayBuffers` only buffers, whether they were written or not
 */
export async function mostMemoryMore(
  kinds: (keyof NodeJS.MemoryUsage)[],
  run: () => Promise<unknown>,
): Promise<number> {
  const used = () => {
    const usage = process.memoryUsage();
    return kinds.reduce((sum, kind) => sum + usage[kind], 0);
  };
  collectGarbage();
  const before = used();
  let most = 0;
  const look = () => {
    most = Math.max(most, used() - before);
  };
  const timer = setInterval(look, SAMPLE_MS);
  try {
    await run();
    look();
  } finally {
    clearInterval(timer);
  }
  return most;
}
