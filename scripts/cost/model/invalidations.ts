import { WILDCARDS_AT_ONCE } from '../../../shared/storage/cdn.ts';
import type { Context } from './context.ts';
import { SECONDS_A_MONTH } from './month.ts';
import { callsInMonth } from './request-lines.ts';

/**
 * Seconds that an invalidation is in progress. AWS promises no time; "typically completes in under 60 seconds for most regions" is what
 * https://www.static-asset-fingerprinting.com/cdn-purge-strategies/aws-cloudfront-invalidation/ says (read 2026-11-30), and others say 60 to 300.
 */
export const SECONDS_IN_PROGRESS = 60;

/** Paths that CloudFront takes a second. */
export const INVALIDATIONS_A_SECOND = WILDCARDS_AT_ONCE / SECONDS_IN_PROGRESS;

/** Paths that deletions ask CloudFront to invalidate in a month. */
export const invalidationsAsked = (context: Context): number =>
  callsInMonth(context, ({ service }) => service === 'cloudfront');

/** Those of them that CloudFront takes and bills. What waits in a busy hour is taken in a quiet one; what is too much for all of the month never is. */
export const invalidationsTaken = (context: Context): number =>
  Math.min(invalidationsAsked(context), INVALIDATIONS_A_SECOND * SECONDS_A_MONTH);
