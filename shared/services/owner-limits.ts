import { LRUCache } from 'lru-cache';
import type { ImageServiceError } from '../domain/errors.ts';
import {
  type CountedRenditions,
  type ImageSize,
  type OwnerLimits,
  type OwnerLimitValues,
  type Reservation,
  type TakenRequest,
  UPLOADS_AT_ONCE_WITH_TOKEN,
} from '../domain/owner-limits.ts';
import type { Logger } from '../runtime/logger.ts';
import { countRenditions, readDay, uncountRenditions } from '../storage/table/day-usage.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { resolveLeftEntries } from '../storage/table/left-entries.ts';
import { readUsage } from '../storage/table/read-usage.ts';
import { beginSending, endSending, type SendingPool } from '../storage/table/sending-uploads.ts';
import { giveBackImage, readStored, reserveImage, settleImage } from '../storage/table/stored-usage.ts';
import {
  dayProblem,
  isWithinDay,
  ownerBeingErased,
  storageProblem,
  tooManyInRequest,
  tooManyRequests,
  tooManyUploadsAtOnce,
} from './limit-problems.ts';
import { openRequestCounter, type RequestCounter } from './request-counter.ts';

export interface LimitDependencies {
  table: ImageTable;
  logger: Logger;
  values: OwnerLimitValues;
  /** Seconds that one upload may take. */
  uploadSeconds: number;
  /** The clock of windows, if not the machine's. */
  clock?: Parameters<typeof openRequestCounter>[0]['clock'];
}

/** Milliseconds for which an owner who has used a day up is refused without asking the table. */
const USED_UP_MS = 10_000;

/** Names the senders of all uploads with upload tokens. No token has such an id. */
const ALL_TOKENS = 'tokens';

/** The limits of owners, counted in the table, where all processes of all services count together. */
export function openOwnerLimits(dependencies: LimitDependencies): OwnerLimits & { stop(): Promise<void> } {
  const { table, logger, values, clock } = dependencies;
  const counterOf = (kind: string, limit: number | null) =>
    limit === null ? undefined : openRequestCounter({ table, logger, kind, limit, ...(clock && { clock }) });
  const owners = counterOf('owner', values.requestsPerMinute);
  const addresses = counterOf('address', values.requestsPerMinuteAndAddress);
  return {
    values,
    takeRequest: (owner) => take(owners, owner, 'too_many_requests'),
    takeAnonymousRequest: (address) => take(addresses, address, 'too_many_requests_from_address'),
    ...uploadLimits(dependencies),
    ...storageLimits(dependencies),
    ...renditionLimits(dependencies),
    used: (owner) => readUsage(table, owner),
    async stop() {
      await Promise.all([owners?.stop(), addresses?.stop()]);
    },
  };
}

async function take(
  counter: RequestCounter | undefined,
  subject: string,
  code: Parameters<typeof tooManyRequests>[0],
): Promise<TakenRequest | undefined> {
  const standing = await counter?.take(subject);
  return standing && { standing, ...(standing.isUsed && { refusal: tooManyRequests(code, standing) }) };
}

function uploadLimits({ table, logger, values, uploadSeconds }: LimitDependencies): Pick<OwnerLimits, 'duringUpload'> {
  const limit = values.uploadsAtOnce;
  /** `unknown` if the table does not answer: the upload itself will find out. */
  const begin = (pool: SendingPool, most: number) =>
    beginSending(table, pool, { limit: most, seconds: uploadSeconds }).catch((err: unknown) => {
      logger.warn({ err }, 'an upload is not counted among those that are sent at once');
      return 'unknown' as const;
    });
  async function during<Result>(pool: SendingPool, most: number, work: () => Promise<Result>): Promise<Result> {
    const name = await begin(pool, most);
    if (name === undefined) throw tooManyUploadsAtOnce(most, pool.senders);
    try {
      return await work();
    } finally {
      await endSending(table, pool, name).catch((err: unknown) =>
        logger.warn(
          { err },
          'an upload that has ended counts among those that are sent at once until its time is over',
        ),
      );
    }
  }
  return {
    async duringUpload({ owner, tokenId }, work) {
      if (limit === null) return work();
      if (tokenId === undefined) return during({ owner }, limit, work);
      // Whoever has a token is a stranger: neither one token nor all of them take the places of the owner, nor one those of the others.
      return during({ owner, senders: tokenId }, Math.min(limit, UPLOADS_AT_ONCE_WITH_TOKEN), () =>
        during({ owner, senders: ALL_TOKENS }, limit, work),
      );
    },
  };
}

function storageLimits({
  table,
  logger,
  values,
}: LimitDependencies): Pick<OwnerLimits, 'checkOwner' | 'checkStorage' | 'reserveImage'> {
  const isLimited = values.images !== null || values.storedBytes !== null;
  const warn = (what: string) => (err: unknown) => logger.warn({ err }, what);
  const reservationOf = (image: ImageSize, countedAs: string): Reservation => ({
    countedAs,
    settle: () =>
      settleImage(table, image.owner, countedAs).catch(warn('the reservation of a stored image stays for an hour')),
    giveBack: () =>
      giveBackImage(table, image, countedAs).then(
        () => undefined,
        warn('the place of an image that is not stored counts for an hour'),
      ),
  });
  const readAccepting = async (owner: string) => {
    const { isErased, ...stored } = await readStored(table, owner);
    if (isErased) throw ownerBeingErased();
    return stored;
  };
  return {
    async checkOwner(owner) {
      await readAccepting(owner);
    },
    async checkStorage(owner, contentLength) {
      const stored = await readAccepting(owner);
      const problem = isLimited && storageProblem(stored, values, contentLength);
      // What is left of processes that died is looked for only when the image is reserved.
      if (problem && (await resolveLeftEntries(table, owner)) === 0) throw problem;
    },
    async reserveImage(image) {
      for (;;) {
        const countedAs = await reserveImage(table, image, values);
        if (countedAs !== undefined) return reservationOf(image, countedAs);
        const resolved = await resolveLeftEntries(table, image.owner);
        const problem = storageProblem(await readAccepting(image.owner), values, image.contentLength);
        // Without a problem there is room by now.
        if (problem && resolved === 0) throw problem;
      }
    },
  };
}

function renditionLimits({
  table,
  logger,
  values,
}: LimitDependencies): Pick<OwnerLimits, 'checkRenditions' | 'checkDay' | 'takeRenditions' | 'addRenditions'> {
  /** Owners who may have not even one more made: every download of a variant that is missing asks. */
  const usedUp = new LRUCache<string, ImageServiceError>({ max: 10_000, ttl: USED_UP_MS });
  const counted = (owner: string, total: number, now: Date): CountedRenditions => ({
    async giveBack(count = total) {
      if (count === 0) return;
      usedUp.delete(owner);
      await uncountRenditions(table, { owner, count, now }).catch((err: unknown) =>
        logger.warn({ err }, 'renditions that were not asked for count until midnight'),
      );
    },
  });
  return {
    checkRenditions(count) {
      if (count > values.renditionsPerRequest) throw tooManyInRequest(values.renditionsPerRequest, count);
    },
    async checkDay(owner, count) {
      if (count === 0 || (values.renditionsPerDay === null && values.processingSecondsPerDay === null)) return;
      const now = new Date();
      const day = await readDay(table, owner, now);
      if (!isWithinDay(day, values, count)) throw dayProblem(day, values, { count, now });
    },
    async takeRenditions(owner, count) {
      const now = new Date();
      if (count === 0) return counted(owner, count, now);
      const known = usedUp.get(owner);
      if (known) throw known;
      if (await countRenditions(table, { owner, count, now }, values)) return counted(owner, count, now);
      const problem = dayProblem(await readDay(table, owner, now), values, { count, now });
      if (count === 1) usedUp.set(owner, problem);
      throw problem;
    },
    async addRenditions(owner, count) {
      const now = new Date();
      await countRenditions(table, { owner, count, now });
      return counted(owner, count, now);
    },
  };
}
