import { setTimeout as sleep } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Purge } from '../../shared/contracts/api/deletion-view.ts';
import type { Config } from '../../shared/contracts/environment.ts';
import type { CdnPurge } from '../../shared/domain/image-record.ts';
import { createCloudFrontClient } from '../../shared/runtime/clients.ts';
import { WILDCARDS_AT_ONCE } from '../../shared/storage/cdn.ts';
import {
  INVALIDATION_TIMING,
  type InvalidationDependencies,
  type InvalidationOutcome,
  invalidateAllOnce,
  invalidateWithRetries,
  MOST_WAITING,
  pathOf,
} from './invalidation-retries.ts';

/** Asks the CDN to invalidate what was deleted, or is not for everybody any more. */
export interface CdnInvalidations {
  /** Whether a CDN is configured, so that an image owes an invalidation when it ceases to be for everybody. */
  hasCdn: boolean;
  /**
   * Resolves within a few seconds with the state of the invalidation, and never rejects. What the CDN has accepted before is not asked again.
   * Undefined where no CDN is configured, and without a purge: `private` in Cache-Control keeps a CDN from storing bytes.
   */
  invalidate(this: void, purge: CdnPurge | undefined): Promise<Purge | undefined>;
  /** Asks once to invalidate everything of all images, and resolves as `invalidate`. What was accepted for a reference is not asked again. */
  invalidateAll(this: void, reference: string): Promise<Purge | undefined>;
  /** Resolves when nothing is left to invalidate. What the CDN has not accepted within these milliseconds is given up and logged. */
  finish(withinMs: number): Promise<void>;
}

/** Opens the invalidations for the distribution in a service's settings; without one, they do nothing. */
export const cdnInvalidationsFor = async (
  config: Pick<Config<'sync-upload'>, 'AWS_REGION' | 'AWS_ENDPOINT_URL_CLOUDFRONT' | 'CDN_DISTRIBUTION_ID'>,
  dependencies: Omit<InvalidationDependencies, 'cdn'>,
  timing = INVALIDATION_TIMING,
): Promise<CdnInvalidations> => {
  const distributionId = config.CDN_DISTRIBUTION_ID;
  if (!distributionId) {
    const nothing = async () => undefined;
    return { hasCdn: false, invalidate: nothing, invalidateAll: nothing, finish: nothing };
  }
  return openCdnInvalidations(
    { cdn: { cloudFront: await createCloudFrontClient(config), distributionId }, ...dependencies },
    timing,
  );
};

/** Sends one invalidation at a time. While it is under way or deferred, purges gather for the next. */
export function openCdnInvalidations(
  dependencies: InvalidationDependencies,
  timing = INVALIDATION_TIMING,
): CdnInvalidations {
  const ending = new AbortController();
  const batches = openBatches(timing.gather);
  /** Set while CloudFront defers the current invalidation: every request is then answered with this at once. */
  let deferred: InvalidationOutcome | undefined;
  let waiting = 0;

  const sendAll = async (purges: readonly CdnPurge[]): Promise<InvalidationOutcome[]> => {
    const first = Promise.withResolvers<InvalidationOutcome>();
    const report = (outcome: InvalidationOutcome) => {
      deferred = outcome.status === 'deferred' ? outcome : undefined;
      first.resolve(outcome);
    };
    const asked = invalidateWithRetries(purges, { ...dependencies, timing, signal: ending.signal, report });
    batches.hold(
      asked.finally(() => {
        for (const each of purges) loader.clear(each);
      }),
    );
    const outcome = await first.promise;
    return purges.map(() => outcome);
  };
  // Until an invalidation has ended, requests that are repeated share it.
  const loader: DataLoader<CdnPurge, InvalidationOutcome, string> = new DataLoader(sendAll, {
    cacheKeyFn: ({ imageId, purgeId }) => `${imageId} ${purgeId}`,
    maxBatchSize: WILDCARDS_AT_ONCE,
    batchScheduleFn: batches.schedule,
  });

  async function ask(purge: CdnPurge): Promise<InvalidationOutcome> {
    if (waiting >= MOST_WAITING) return NO_ROOM;
    waiting += 1;
    const asked = loader.load(purge).finally(() => {
      waiting -= 1;
    });
    return deferred ?? Promise.race([asked, sleep(timing.answerWithin, NO_ANSWER_YET, { ref: false })]);
  }

  return {
    hasCdn: true,
    async invalidate(purge) {
      if (!purge) return undefined;
      const { invalidationId } = purge;
      const paths = [pathOf(purge)];
      if (invalidationId) return { status: 'requested', paths, invalidationId };
      return { ...(await ask(purge)), paths };
    },
    invalidateAll: (reference) =>
      invalidateAllOnce(
        reference,
        dependencies,
        AbortSignal.any([ending.signal, AbortSignal.timeout(timing.answerWithin)]),
      ),
    async finish(withinMs) {
      const timer = setTimeout(() => ending.abort(new Error('the service has ended')), withinMs);
      await batches.last();
      clearTimeout(timer);
    },
  };
}

const NO_ANSWER_YET: InvalidationOutcome = {
  status: 'deferred',
  detail: 'The CDN has not answered yet. The service goes on asking.',
};

const NO_ROOM: InvalidationOutcome = {
  status: 'deferred',
  detail: 'The CDN has too much to invalidate already. The service asks later.',
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
