import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 5_000;

/** Calls `look` repeatedly until nothing is left or the time is over. Returns what is left then. */
export async function pollUntilEmpty(seconds: number, look: () => Promise<string[]>): Promise<string[]> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(PAUSE_MS)) {
    const left = await look();
    if (left.length === 0 || Date.now() > end) return left;
  }
}
