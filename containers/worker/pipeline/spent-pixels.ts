import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes outside of the heap above which it is worth some milliseconds to have what nobody holds any more go. */
const WORTH_COLLECTING = 32 * 1024 ** 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Gives back pixels and files that are no longer needed. V8 counts them as small objects and would keep a gigabyte of them until it looks. */
export function dropSpentPixels(): void {
  if (process.memoryUsage().external > WORTH_COLLECTING) collect();
}
