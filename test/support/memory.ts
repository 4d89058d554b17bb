import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SAMPLE_MS = 1;

/**
 * How many bytes more than before this process had at most while something ran, looked at every millisecond and at the end.
 * Garbage is collected first: what earlier tests of the same process left behind, however much it is, is no matter of this one.
 *
 * @param kinds - what is counted: `rss` is also what libraries outside V8 hold, `arrayBuffers` only what buffers hold, whether it was ever written or not
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
