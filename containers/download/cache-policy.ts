import type { ImageRecord, Visibility } from '../../shared/domain/image-record.ts';

/**
 * How long answers may be kept, by what their URL means. Shared caches keep what is public only. Seconds:
 * `immutable`: the URL carries the hash of what it names; a year, as long as anybody plans (RFC 9111 sets no limit, RFC 2616 named this one).
 * `named`: the name may come to mean something else. After a minute a cache asks again, and for ten more it may answer meanwhile with what it has.
 * `interim`: something better is being made.
 */
const LIFETIMES = {
  immutable: 'max-age=31536000, immutable',
  named: 'max-age=60, stale-while-revalidate=600',
  interim: 'max-age=2',
} as const;

export type CachePolicy = keyof typeof LIFETIMES;

export const visibilityOf = ({ visibility = 'public' }: Pick<ImageRecord, 'visibility'>): Visibility => visibility;

export const cacheControl = (policy: CachePolicy, visibility: Visibility): string =>
  `${visibility}, ${LIFETIMES[policy]}`;
