import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import DataLoader from 'dataloader';
import pRetry from 'p-retry';
import type { Purge } from '../../shared/contracts/api/deletion-view.ts';
import { imagePath } from '../../shared/contracts/api/image-view.ts';
import type { Config } from '../../shared/contracts/environment.ts';
import { createCloudFrontClient } from '../../shared/runtime/clients.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import {
  type Cdn,
  describeRefusal,
  type Invalidation,
  invalidate,
  isRetryable,
  WILDCARDS_AT_ONCE,
} from '../../shared/storage/cdn.ts';

/** Asks the CDN to invalidate what was deleted. */
export interface CdnInvalidations {
  /** Resolves within a few seconds with the state of the invalidation, and never rejects; undefined where no CDN is configured. */
  invalidate(imageId: string): Promise<Purge | undefined>;
  /** Resolves when nothing is left to invalidate. What the CDN has not accepted within these milliseconds is given up and logged. */
  finish(withinMs: number): Promise<void>;
}

/** All in milliseconds. */
export const INVALIDATION_TIMING = {
  /** Deletions within this time share an invalidation. It is longer than the second for which downloads may serve a cached record. */
  gather: 1_500,
  /** How long the answer to a deletion waits for the CDN, gathering included. */
  answerWithin: 4_500,
  /** CloudFront needs seconds to minutes for the invalidations that have to end first. */
  firstRetry: 1_000,
  longestRetry: 30_000,
  giveUpAfter: 10 * 60_000,
};

type Outcome = Omit<Purge, 'paths'>;

interface Dependencies {
  cdn: Cdn;
  logger: Logger;
}

/** Opens the invalidations for the distribution in a service's settings; without one, they do nothing. */
export const cdnInvalidationsFor = async (
  config: Pick<Config<'sync-upload'>, 'AWS_REGION' | 'AWS_ENDPOINT_URL_CLOUDFRONT' | 'CDN_DISTRIBUTION_ID'>,
  logger: Logger,
  timing = INVALIDATION_TIMING,
): Promise<CdnInvalidations> => {
  const distributionId = config.CDN_DISTRIBUTION_ID;
  if (!distributionId) return { invalidate: async () => undefined, finish: async () => undefined };
  return openCdnInvalidations(
    { cdn: { cloudFront: await createCloudFrontClient(config), distributionId }, logger },
    timing,
  );
};

/** Sends one invalidation at a time. While it is under way or deferred, deletions gather for the next. */
export function openCdnInvalidations(dependencies: Dependencies, timing = INVALIDATION_TIMING): CdnInvalidations {
  const ending = new AbortController();
  const batches = openBatches(timing.gather);
  /** Set while CloudFront defers the current invalidation: every deletion is then answered with this at once. */
  let deferred: Outcome | undefined;

  const sendAll = async (imageIds: readonly string[]): Promise<Outcome[]> => {
    const first = Promise.withResolvers<Outcome>();
    const report = (outcome: Outcome) => {
      deferred = outcome.status === 'deferred' ? outcome : undefined;
      first.resolve(outcome);
    };
    const invalidation = { paths: [...new Set(imageIds.map(pathOf))], callerReference: randomUUID() };
    batches.hold(invalidateWithRetries(invalidation, { ...dependencies, timing, signal: ending.signal, report }));
    const outcome = await first.promise;
    return imageIds.map(() => outcome);
  };
  const loader = new DataLoader(sendAll, {
    cache: false,
    maxBatchSize: WILDCARDS_AT_ONCE,
    batchScheduleFn: batches.schedule,
  });

  return {
    async invalidate(imageId) {
      const asked = loader.load(imageId);
      const outcome =
        deferred ?? (await Promise.race([asked, sleep(timing.answerWithin, NO_ANSWER_YET, { ref: false })]));
      return { ...outcome, paths: [pathOf(imageId)] };
    },
    async finish(withinMs) {
      const timer = setTimeout(() => ending.abort(new Error('the service has ended')), withinMs);
      await batches.last();
      clearTimeout(timer);
    },
  };
}

/** Covers everything of the image, whatever the query: record, original, renditions and files. */
const pathOf = (imageId: string): string => `${imagePath(imageId)}*`;

const NO_ANSWER_YET: Outcome = {
  status: 'deferred',
  detail: 'The CDN has not answered yet. The service goes on asking.',
};

/** Sends batches one behind the other: each once it has gathered for a while and the batch before is done. */
function openBatches(gatherMs: number) {
  let held: Promise<void> = Promise.resolve();
  let turn: Promise<void> = held;
  return {
    schedule(send: () => void): void {
      turn = Promise.all([sleep(gatherMs), turn]).then(() => {
        send();
        return held;
      });
    },
    /** Called while a batch is sent: the next batch waits for this work. */
    hold(work: Promise<void>): void {
      held = work;
    },
    last: () => turn,
  };
}

interface RetriedInvalidation extends Dependencies {
  timing: typeof INVALIDATION_TIMING;
  signal: AbortSignal;
  report(outcome: Outcome): void;
}

/** Asks until CloudFront accepts, refuses for good, or time is up. Reports each outcome, and logs the last. */
async function invalidateWithRetries(
  invalidation: Invalidation,
  { cdn, logger, timing, signal, report }: RetriedInvalidation,
): Promise<void> {
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
    report({ status: 'requested', ...(invalidationId && { invalidationId }) });
    logger.info({ invalidationId, ...invalidation }, 'purge requested');
  } catch (error) {
    report({ status: 'failed', detail: describeRefusal(error as Error) });
    logger.error({ err: error, ...invalidation }, 'purge given up');
  }
}
