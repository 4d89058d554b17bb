import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes outside of the heap that must have come since the last time before it is worth some milliseconds to have what nobody holds any more go. */
const WORTH_COLLECTING = 32 * 1024 ** 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What was left outside of the heap by the last collection: somebody holds it, so that there is no use in looking for it again. */
let held = 0;

/** Gives back pixels and files that are no longer needed. V8 counts them as small objects and would keep a gigabyte of them until it looks. */
export function dropSpentPixels(): void {
  const { external } = process.memoryUsage();
  // V8 has looked by itself.
  held = Math.min(held, external);
  if (external < held + WORTH_COLLECTING) return;
  collect();
  held = process.memoryUsage().external;
}
