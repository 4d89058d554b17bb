import type { ImageRecord, Visibility } from '../../shared/domain/image-record.ts';
import type { Rendition } from '../../shared/domain/rendition.ts';

/**
 * The seconds for which answers for everybody, and those to links, may be cached, by what their URL means.
 * `immutable`: the URL contains the hash of the content, so a cache may keep it for a year, the maximum of RFC 2616 (RFC 9111 sets none).
 * `named`: the content may change. A cache asks again after a minute, and may answer with its old copy meanwhile for ten minutes more.
 * `interim`: a better format is being made.
 */
const LIFETIMES = {
  immutable: { seconds: 31_536_000, beyond: ', immutable' },
  named: { seconds: 60, beyond: ', stale-while-revalidate=600' },
  interim: { seconds: 2, beyond: '' },
} as const;

/** The Cache-Control of pages and documents, which change only with a deployment. */
export const CACHE_ONE_HOUR = 'public, max-age=3600';

/** The Cache-Control of the limits, which a deployment may change, and clients act by. */
export const CACHE_ONE_MINUTE = 'public, max-age=60';

export type CachePolicy = keyof typeof LIFETIMES;

/** The visibility of an image, or of one of its renditions. */
export const visibilityOf = (
  { visibility = 'public' }: Pick<ImageRecord, 'visibility'>,
  rendition?: { isPrivate?: Rendition['isPrivate'] | undefined },
): Visibility => (rendition?.isPrivate ? 'private' : visibility);

/**
 * The Cache-Control of what depends on who asks. A browser has one cache for everybody who uses it, and would give the bytes of one to the next: so it asks
 * each time, and gets a 304 if he may still have them.
 */
export const CACHE_AND_ASK = 'private, no-cache';

export function cacheControl(policy: CachePolicy, visibility: Visibility): string {
  const { seconds, beyond } = LIFETIMES[policy];
  return visibility === 'private' ? CACHE_AND_ASK : `public, max-age=${seconds}${beyond}`;
}

/** The Cache-Control of an answer to a signed link: no client keeps it for longer than the link is valid, and no shared cache keeps it at all. */
export const cacheControlForLink = (policy: CachePolicy, secondsLeft: number): string =>
  `private, max-age=${Math.min(LIFETIMES[policy].seconds, secondsLeft)}`;
