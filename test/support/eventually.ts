import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks repeatedly until there is a result, and throws after a deadline in milliseconds. The default is longer than anything takes on a
 * busy machine.
 */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen | undefined | false> | Seen | undefined | false,
  deadline = 30_000,
): Promise<Seen> {
  const end = Date.now() + deadline;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${deadline} ms`);
    await sleep(10);
  }
}
