import { LRUCache } from 'lru-cache';
import { ImageServiceError } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

/** Look-ups of one address in a second that find nothing: each costs a read of the table or makes an issuer be asked, and whoever guesses sends many. */
const MOST_A_SECOND = 20;

/** Addresses that are remembered for a second. */
const MOST_ADDRESSES = 10_000;

const tooMany = (): ImageServiceError =>
  new ImageServiceError('too_many_requests_from_address', 'Too many keys were tried. Send a key that is valid.', {
    retryAfterSeconds: 1,
  });

/** Counts, for each address, the look-ups that find nothing, in this process. */
export function openFailedLookups(clock: Pick<Clock, 'now'>) {
  const counts = new LRUCache<string, number>({ max: MOST_ADDRESSES, ttl: 1_000, ttlResolution: 0, perf: clock });
  const add = (address: string, more: number): void =>
    void counts.set(address, (counts.get(address) ?? 0) + more, { noUpdateTTL: true });
  return {
    /** Looks something up. Throws `too_many_requests_from_address` instead if too much was not found for the address, or is being looked up. */
    async count<Found>(address: string, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
      if ((counts.get(address) ?? 0) >= MOST_A_SECOND) throw tooMany();
      add(address, 1);
      const found = await look();
      if (found !== undefined) add(address, -1);
      return found;
    },
  };
}
