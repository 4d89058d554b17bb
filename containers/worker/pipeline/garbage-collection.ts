import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes outside of the heap above which a garbage collection is worth its milliseconds. */
const WORTH_COLLECTING = 32 * 1024 ** 2;

let collect: (() => void) | undefined;

/** Makes `collectGarbage` work in this process. It suits a process with a small heap: in others a collection takes long. */
export function enableGarbageCollection(): void {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc');
}

/** Frees pixels and files that are no longer needed. V8 counts them as small objects and would keep a gigabyte of them before it collects. */
export function collectGarbage(): void {
  if (collect && process.memoryUsage().external > WORTH_COLLECTING) collect();
}
