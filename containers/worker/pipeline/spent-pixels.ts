import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes outside of the heap above which it is worth some milliseconds to have what nobody holds any more go. */
const WORTH_COLLECTING = 32 * 1024 ** 2;

let collect: (() => void) | undefined;

/** Lets `dropSpentPixels` do something in this process. For one that has little else in its heap: in others a collection takes long. */
export function collectSpentPixels(): void {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc');
}

/** Gives back pixels and files that are no longer needed. V8 counts them as small objects and would keep a gigabyte of them until it looks. */
export function dropSpentPixels(): void {
  if (collect && process.memoryUsage().external > WORTH_COLLECTING) collect();
}
