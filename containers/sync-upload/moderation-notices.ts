import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS_TIMING } from '../../shared/contracts/access-timing.ts';
import type { AuditLine, AuditSink } from '../../shared/domain/audit-line.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import type { ModerationDecision } from '../../shared/domain/moderation.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { postponeNotice, writeModeratorTold } from '../../shared/storage/table/moderation-notices.ts';
import { takeOwed } from '../../shared/storage/table/owed-work.ts';
import { decideModeration } from './decide-moderation.ts';
import { type ModerationWebhook, noticeId, tellModerator } from './moderation-webhook.ts';

/** All in milliseconds. */
export const NOTICE_TIMING = {
  /** Between two looks for images of which nobody was told. */
  every: ACCESS_TIMING.noticeEveryMs,
  /** A webhook that has not answered by then was not told. */
  answerWithin: 15_000,
  /** From then on another service may tell of an image that this one has taken: longer than this one takes. */
  takenFor: 60_000,
  /** A notice that fails is sent again when the image waits twice as long as then, within these limits. */
  firstRetry: 10_000,
  longestRetry: 60 * 60_000,
  /** A notice that fails for longer is an error that people must look at. It is sent on all the same. */
  alarmAfter: 3 * 24 * 60 * 60_000,
};

/** Notices that a service sends at once. */
const AT_ONCE = 32;

interface Dependencies {
  table: ImageTable;
  webhook: ModerationWebhook;
  hasCdn: boolean;
  logger: Logger;
  /** The audit trail. Without it there is none. */
  audit?: AuditSink | undefined;
}

/** Tells the webhook of each pending image until it has answered, beside the other tasks of the service, and writes what it decides at once. */
export function sendModerationNotices(dependencies: Dependencies, timing = NOTICE_TIMING): { stop(): Promise<void> } {
  const ending = new AbortController();
  const work = async (): Promise<void> => {
    for (;;) {
      // Where there were some, there may be more.
      const pause = (await sendOwed(dependencies, timing)) > 0 ? 0 : timing.every;
      if (ending.signal.aborted) return;
      await sleep(pause, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  };
  const worked = work();
  return {
    stop() {
      ending.abort();
      return worked;
    },
  };
}

/** Resolves to how many notices were taken. */
async function sendOwed(dependencies: Dependencies, timing: typeof NOTICE_TIMING): Promise<number> {
  const { table, logger } = dependencies;
  try {
    const now = Date.now();
    const taken = await takeOwed(table, {
      work: 'owed_moderation',
      before: new Date(now),
      next: new Date(now + timing.takenFor),
      limit: AT_ONCE,
    });
    const records = taken.filter((record) => record.status === 'stored');
    await Promise.all(records.map((record) => sendOne(record, dependencies, timing)));
    return taken.length;
  } catch (err) {
    logger.warn({ err }, 'moderation notices that are owed could not be read; tried again later');
    return 0;
  }
}

async function sendOne(record: ImageRecord, dependencies: Dependencies, timing: typeof NOTICE_TIMING): Promise<void> {
  const { table, webhook, hasCdn, logger, audit } = dependencies;
  const { imageId } = record;
  try {
    const decided = await tellModerator(webhook, record, timing.answerWithin);
    if (decided) {
      const options = { hasCdn, keepsDecided: true };
      const { isTaken } = await decideModeration(table, { imageId, ...decided }, options);
      if (isTaken) audit?.(lineOfDecision(webhook, record, decided.decision));
    } else await writeModeratorTold(table, imageId, new Date());
    logger.info({ imageId, ...(decided && { decision: decided.decision }) }, 'moderation notice sent');
  } catch (err) {
    if (hasCode(err, 'image_deleted') || hasCode(err, 'image_not_found')) return;
    await postpone(record, err, { table, logger }, timing);
  }
}

/** The line of the trail: no request of a client has decided, so the id is that of the notice, which the webhook knows too. */
const lineOfDecision = ({ url }: ModerationWebhook, record: ImageRecord, decision: ModerationDecision): AuditLine => ({
  time: new Date().toISOString(),
  requestId: noticeId(record),
  operation: 'moderateImage',
  who: { kind: 'webhook' },
  imageId: record.imageId,
  subjectOwner: record.owner,
  decision,
  address: new URL(url).hostname,
  result: 'done',
});

/** Has a notice that failed sent again later, the later the longer its image waits. */
async function postpone(
  { imageId, createdAt, changedAt = createdAt }: ImageRecord,
  err: unknown,
  { table, logger }: Pick<Dependencies, 'table' | 'logger'>,
  { firstRetry, longestRetry, alarmAfter }: typeof NOTICE_TIMING,
): Promise<void> {
  const now = Date.now();
  const waited = now - Date.parse(changedAt);
  const again = new Date(now + Math.min(longestRetry, Math.max(firstRetry, waited)));
  if (waited > alarmAfter) logger.error({ imageId, err, again }, 'moderation notice fails for days');
  else logger.warn({ imageId, err, again }, 'moderation notice failed');
  await postponeNotice(table, imageId, again).catch((reason: unknown) =>
    // It is sent again when others may take it.
    logger.warn({ imageId, err: reason }, 'a moderation notice could not be postponed'),
  );
}
