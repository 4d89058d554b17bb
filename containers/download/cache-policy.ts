import type { ImageRecord, Visibility } from '../../shared/domain/image-record.ts';

/**
 * How long answers may be kept, by what their URL means. Shared caches keep what is public only. Seconds:
 * `immutable`: the URL carries the hash of what it names; a year, as long as anybody plans (RFC 9111 sets no limit, RFC 2616 named this one).
 * `named`: the name may come to mean something else. After a minute a cache asks again, and for ten more it may answer meanwhile with what it has.
 * `interim`: something better is being made.
 */
const LIFETIMES = {
  immutable: { seconds: 31_536_000, beyond: ', immutable' },
  named: { seconds: 60, beyond: ', stale-while-revalidate=600' },
  interim: { seconds: 2, beyond: '' },
} as const;

export type CachePolicy = keyof typeof LIFETIMES;

export const visibilityOf = ({ visibility = 'public' }: Pick<ImageRecord, 'visibility'>): Visibility => visibility;

export function cacheControl(policy: CachePolicy, visibility: Visibility): string {
  const { seconds, beyond } = LIFETIMES[policy];
  return `${visibility}, max-age=${seconds}${beyond}`;
}

/** Of what came by a link that is good for so many seconds more: nobody has it by that longer, and no shared cache at all. */
export const cacheControlForLink = (policy: CachePolicy, secondsLeft: number): string =>
  `private, max-age=${Math.min(LIFETIMES[policy].seconds, secondsLeft)}`;
