import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * Waits until there is something to read of a body, or its end, and fails as it does: whoever passes it on can still answer that it cannot be
 * read, which after the headers nobody can. Nothing of it is taken.
 */
export async function firstByteOf(body: Readable): Promise<void> {
  await once(body, 'readable');
}
