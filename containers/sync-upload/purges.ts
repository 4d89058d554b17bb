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

/** Asks the CDN to forget what was deleted. */
export interface Purges {
  /** Tells within a few seconds what became of it and never rejects; undefined where no CDN is configured. */
  purge(imageId: string): Promise<Purge | undefined>;
  /** Resolves when nothing is left to ask for. What the CDN has not accepted in these milliseconds is given up and logged. */
  finish(withinMs: number): Promise<void>;
}

/** All in milliseconds. */
export const PURGE_TIMING = {
  /** Deletions that come within it share an invalidation. More than the second for which downloads may still tell what they know. */
  gather: 1_500,
  /** The answer to a deletion waits no longer for the CDN, gathering included. */
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

/** The purges that a service's settings ask for. */
export const purgesFor = async (
  config: Pick<Config<'sync-upload'>, 'AWS_REGION' | 'AWS_ENDPOINT_URL_CLOUDFRONT' | 'CDN_DISTRIBUTION_ID'>,
  logger: Logger,
  timing = PURGE_TIMING,
): Promise<Purges> => {
  const distributionId = config.CDN_DISTRIBUTION_ID;
  if (!distributionId) return { purge: async () => undefined, finish: async () => undefined };
  return openPurges({ cdn: { cloudFront: await createCloudFrontClient(config), distributionId }, logger }, timing);
};

/** One invalidation at a time; while one is under way, or is deferred, the next gather behind it. */
export function openPurges(dependencies: Dependencies, timing = PURGE_TIMING): Purges {
  const ending = new AbortController();
  const turns = openTurns(timing.gather);
  /** While it is there, every deletion is told the same at once. */
  let deferred: Outcome | undefined;

  const sendAll = async (imageIds: readonly string[]): Promise<Outcome[]> => {
    const first = Promise.withResolvers<Outcome>();
    const tell = (outcome: Outcome) => {
      deferred = outcome.status === 'deferred' ? outcome : undefined;
      first.resolve(outcome);
    };
    const invalidation = { paths: [...new Set(imageIds.map(pathOf))], callerReference: randomUUID() };
    turns.hold(ask(invalidation, { ...dependencies, timing, signal: ending.signal, tell }));
    const outcome = await first.promise;
    return imageIds.map(() => outcome);
  };
  const loader = new DataLoader(sendAll, {
    cache: false,
    maxBatchSize: WILDCARDS_AT_ONCE,
    batchScheduleFn: turns.schedule,
  });

  return {
    async purge(imageId) {
      const asked = loader.load(imageId);
      const outcome = deferred ?? (await Promise.race([asked, sleep(timing.answerWithin, SILENT, { ref: false })]));
      return { ...outcome, paths: [pathOf(imageId)] };
    },
    async finish(withinMs) {
      const timer = setTimeout(() => ending.abort(new Error('the service has ended')), withinMs);
      await turns.last();
      clearTimeout(timer);
    },
  };
}

/** Everything of the image, whatever its query: record, original, renditions and files. */
const pathOf = (imageId: string): string => `${imagePath(imageId)}*`;

const SILENT: Outcome = { status: 'deferred', detail: 'The CDN has not answered yet. The service goes on asking.' };

/** Batches are sent one behind the other, each when it has gathered for a while and the one before has let go. */
function openTurns(gatherMs: number) {
  let held: Promise<void> = Promise.resolve();
  let turn: Promise<void> = held;
  return {
    schedule(send: () => void): void {
      turn = Promise.all([sleep(gatherMs), turn]).then(() => {
        send();
        return held;
      });
    },
    /** Called while a batch is sent: the next one waits for this. */
    hold(work: Promise<void>): void {
      held = work;
    },
    last: () => turn,
  };
}

interface Asking extends Dependencies {
  timing: typeof PURGE_TIMING;
  signal: AbortSignal;
  tell(outcome: Outcome): void;
}

/** Asks until CloudFront accepts, refuses for good, or time is up. Tells each outcome; whatever the last one is stands in the log. */
async function ask(invalidation: Invalidation, { cdn, logger, timing, signal, tell }: Asking): Promise<void> {
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
        tell({ status: 'deferred', detail: `${describeRefusal(error)} The service goes on asking.` });
        if (retriesConsumed === 0) logger.warn({ err: error, ...invalidation }, 'purge deferred');
      },
    });
    tell({ status: 'requested', ...(invalidationId && { invalidationId }) });
    logger.info({ invalidationId, ...invalidation }, 'purge requested');
  } catch (error) {
    tell({ status: 'failed', detail: describeRefusal(error as Error) });
    logger.error({ err: error, ...invalidation }, 'purge given up');
  }
}
