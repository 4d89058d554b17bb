import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import { ACCESS_TIMING } from '../../shared/contracts/access-timing.ts';
import type { Purge } from '../../shared/contracts/api/deletion-view.ts';
import { imagePath } from '../../shared/contracts/api/image-view.ts';
import type { CdnPurge } from '../../shared/domain/image-record.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import {
  type Cdn,
  describeRefusal,
  type Invalidation,
  invalidate,
  isRetryable,
  WILDCARDS_AT_ONCE,
} from '../../shared/storage/cdn.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { writeInvalidation } from '../../shared/storage/table/invalidations.ts';

/** All in milliseconds. */
export const INVALIDATION_TIMING = {
  /** Purges within this time share an invalidation. It is longer than the second for which downloads may serve a cached record. */
  gather: 1_500,
  /** How long the answer to a request waits for the CDN, gathering included. */
  answerWithin: 4_500,
  /** CloudFront needs seconds to minutes for the invalidations that have to end first. */
  firstRetry: 1_000,
  longestRetry: 30_000,
  giveUpAfter: 10 * 60_000,
  /** From then on any service asks for what is owed: longer than one asks for it, so that it is seldom paid for twice. */
  owedAfter: ACCESS_TIMING.invalidationOwedMs,
};

/** Purges that wait for the CDN in the memory of one service, ten invalidations of the largest size. Others are only owed. */
export const MOST_WAITING = 10 * WILDCARDS_AT_ONCE;

/** What an answer says of the CDN, paths aside. */
export type InvalidationOutcome = Omit<Purge, 'paths'>;

export interface InvalidationDependencies {
  cdn: Cdn;
  /** Where images and tombstones keep what the CDN has accepted. */
  table: ImageTable;
  logger: Logger;
}

/** Covers everything of the image, whatever the query: record, original, renditions and files. */
export const pathOf = ({ imageId }: CdnPurge): string => `${imagePath(imageId)}*`;

interface RetriedInvalidation extends InvalidationDependencies {
  timing: typeof INVALIDATION_TIMING;
  signal: AbortSignal;
  report(outcome: InvalidationOutcome): void;
}

/** Asks until CloudFront accepts, refuses for good, or time is up. Reports each outcome, and logs the last. */
export async function invalidateWithRetries(
  purges: readonly CdnPurge[],
  { cdn, table, logger, timing, signal, report }: RetriedInvalidation,
): Promise<void> {
  const invalidation: Invalidation = { paths: purges.map(pathOf), callerReference: randomUUID() };
  try {
    const invalidationId = await pRetry(() => invalidate(cdn, invalidation, signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: timing.firstRetry,
      maxTimeout: timing.longestRetry,
      maxRetryTime: timing.giveUpAfter,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => isRetryable(error),
      onFailedAttempt({ error, retriesConsumed }) {
        if (!isRetryable(error)) return;
        report({ status: 'deferred', detail: `${describeRefusal(error)} The service goes on asking.` });
        if (retriesConsumed === 0) logger.warn({ err: error, ...invalidation }, 'purge deferred');
      },
    });
    logger.info({ invalidationId, ...invalidation }, 'purge requested');
    if (invalidationId) await keep(purges, invalidationId, { table, logger });
    report({ status: 'requested', ...(invalidationId && { invalidationId }) });
  } catch (error) {
    report({ status: 'failed', detail: describeRefusal(error as Error) });
    logger.error({ err: error, ...invalidation }, 'purge given up');
  }
}

/** Asks once to invalidate all images. */
export async function invalidateAllOnce(
  callerReference: string,
  { cdn, logger }: InvalidationDependencies,
  signal: AbortSignal,
): Promise<Purge> {
  const invalidation: Invalidation = { paths: [imagePath('*')], callerReference };
  const { paths } = invalidation;
  try {
    const invalidationId = await invalidate(cdn, invalidation, signal);
    logger.info({ invalidationId, ...invalidation }, 'purge of all images requested');
    return { status: 'requested', paths, ...(invalidationId && { invalidationId }) };
  } catch (error) {
    logger.warn({ err: error, ...invalidation }, 'purge of all images not accepted');
    const status = isRetryable(error as Error) || signal.aborted ? 'deferred' : 'failed';
    return { status, paths, detail: describeRefusal(error as Error) };
  }
}

/** Keeps with each image or tombstone that nothing is left to ask. Where that fails, a repeated request pays for another invalidation. */
async function keep(
  purges: readonly CdnPurge[],
  invalidationId: string,
  { table, logger }: Pick<InvalidationDependencies, 'table' | 'logger'>,
): Promise<void> {
  try {
    await Promise.all(purges.map((purge) => writeInvalidation(table, purge, invalidationId)));
  } catch (error) {
    logger.warn({ err: error, invalidationId }, 'purge requested, but not recorded');
  }
}
