import { setTimeout as sleep } from 'node:timers/promises';
import type { Purge } from '../../shared/contracts/api/deletion-view.ts';
import type { ErasureView } from '../../shared/contracts/api/erasure-view.ts';
import { hasManyPublicImages } from '../../shared/storage/table/owned-items.ts';
import { beginErasure, decidePurge, type Erasure, endErasure } from '../../shared/storage/table/owner-erasure.ts';
import { type ErasureDependencies, type ErasureWork, eraseOnce, nothingRemoved } from './erasure-pass.ts';

/** All in milliseconds. */
export const ERASURE_TIMING = {
  /** How long one request begins something new: what it has begun then takes a second or two, and CDNs wait 30 s for an answer. */
  work: 18_000,
  /** Between the two times that nothing must be found. Lists are behind the table by less than a second nearly always. */
  quiet: 10_000,
  /** Before what is under way is looked at again. */
  pause: 500,
};

/** Public images of an owner beyond which the CDN is asked to purge everything, at the price of one image, and not fifteen at a time. */
const MANY_PUBLIC = 1_000;

export interface ErasureOptions {
  timing: typeof ERASURE_TIMING;
  /** If not MANY_PUBLIC. */
  manyPublic?: number | undefined;
}

/**
 * Works for one request on the erasure of everything that an owner has stored, until nothing was found twice with some time between, or the time is over.
 * It goes on from where the request before has come to, or has died: what it works on is noted before, and forgotten when nothing is left of it. Nothing new
 * of the owner is taken from the beginning to the end.
 */
export async function workOnErasure(
  owner: string,
  dependencies: ErasureDependencies,
  { timing, manyPublic }: ErasureOptions,
): Promise<ErasureView> {
  const removed = nothingRemoved();
  const deadline = Date.now() + timing.work;
  for (let wasEmpty = false; ; ) {
    const erasure = await begin(owner, dependencies, manyPublic);
    const found = await eraseOnce({ ...dependencies, erasure, removed, deadline, errors: [] });
    const isEmpty = found === 'nothing';
    const end = isEmpty && wasEmpty ? await finish(erasure, dependencies) : {};
    const wait = isEmpty ? timing.quiet : found === 'under way' ? timing.pause : 0;
    if (end.status || Date.now() + wait > deadline) {
      return { status: 'erasing', since: erasure.since, ...countsOf(removed), ...end };
    }
    wasEmpty = isEmpty;
    await sleep(wait);
  }
}

const countsOf = ({ images, uploads, purged }: ErasureWork['removed']) => ({
  images: images.size,
  objects: images.values().reduce((sum, objects) => sum + objects, 0),
  uploads: uploads.size,
  purges: purged.size,
});

/** Begins an erasure or goes on with it. How the CDN is asked is decided before the first image is removed. */
async function begin(owner: string, { table, invalidations }: ErasureDependencies, manyPublic = MANY_PUBLIC) {
  const erasure = await beginErasure(table, owner);
  if (erasure.purge) return erasure;
  const isMany = invalidations.hasCdn && (await hasManyPublicImages(table, owner, manyPublic));
  await decidePurge(table, erasure, isMany ? 'all' : 'each');
  return beginErasure(table, owner);
}

/** Ends an erasure of which nothing is left, once the CDN has accepted to purge everything, if that was decided. Without a status there is something again. */
async function finish(
  erasure: Erasure,
  { table, invalidations }: ErasureDependencies,
): Promise<Pick<Partial<ErasureView>, 'status' | 'purge'>> {
  const purge: Purge | undefined =
    erasure.purge === 'all' ? await invalidations.invalidateAll(erasure.erasureId) : undefined;
  if (purge && purge.status !== 'requested') return { status: 'erasing', purge };
  return (await endErasure(table, erasure)) ? { status: 'done', ...(purge && { purge }) } : {};
}
