import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until there is something to see, and gives up after a deadline in milliseconds, by default one that no busy machine reaches. */
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
