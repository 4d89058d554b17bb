import { checkOf } from '../../shared/contracts/transformations.ts';
import type { AccessPorts } from '../../shared/domain/principal.ts';
import type { HttpLimits } from '../../shared/http/http-limits.ts';
import { createServer } from '../../shared/http/server.ts';
import { linkKeysOf } from '../../shared/http/signed-links.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import type { ServiceOptions } from '../../shared/services/run-service.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { ingestionRulesOf } from '../../shared/uploads/ingestion.ts';
import { closeSvgSanitizer } from '../../shared/uploads/svg/sanitize-svg.ts';
import { cdnInvalidationsFor } from './cdn-invalidations.ts';
import { changeImage } from './change-image.ts';
import { createUploadToken } from './create-upload-token.ts';
import { deleteImage } from './delete-image.ts';
import { eraseOwner } from './erase-owner.ts';
import { ERASURE_TIMING } from './erasure.ts';
import { INVALIDATION_TIMING } from './invalidation-retries.ts';
import { listPendingImages } from './list-pending-images.ts';
import { moderateImage } from './moderate-image.ts';
import { type NOTICE_TIMING, sendModerationNotices } from './moderation-notices.ts';
import { moderationWebhookOf } from './moderation-webhook.ts';
import { askForOwedInvalidations } from './owed-invalidations.ts';
import { requestRenditions } from './request-renditions.ts';
import { uploadImage } from './upload-image.ts';

export interface SyncUploadOptions extends ServiceOptions<'sync-upload'> {
  economyMode: EconomyMode;
  access: AccessPorts;
  limits?: Partial<HttpLimits> | undefined;
  invalidationTiming?: typeof INVALIDATION_TIMING;
  erasureTiming?: typeof ERASURE_TIMING;
  /** Public images of an owner, if not a thousand, from which on an erasure purges all of the CDN. */
  manyPublic?: number | undefined;
  noticeTiming?: typeof NOTICE_TIMING;
}

/** Seconds before the end of a service in which the invalidations that the CDN has not accepted are given up and logged. */
const LOGGING_SECONDS = 5;

/** Puts the service together and starts it. */
export async function startSyncUpload({
  invalidationTiming,
  erasureTiming = ERASURE_TIMING,
  manyPublic,
  noticeTiming,
  limits,
  ...options
}: SyncUploadOptions) {
  const { config, logger, objects, table, queue, economyMode, access } = options;
  const invalidations = await cdnInvalidationsFor(config, { table, logger }, invalidationTiming);
  const checkTransformations = checkOf(config.TRANSFORMATIONS);
  const accepted = {
    maxInputPixels: config.MAX_INPUT_PIXELS,
    heic: config.HEIC === 'on',
    ...ingestionRulesOf(config),
  };
  const moderation = config.MODERATION;
  const webhook = moderationWebhookOf(config);
  const server = createServer({
    service: 'sync-upload',
    config,
    logger,
    access,
    limits,
    handlers: {
      uploadImage: uploadImage({
        ...{ objects, table, queue, logger, economyMode, limits: access.limits, checkTransformations, moderation },
        ...accepted,
        defaultVisibility: config.DEFAULT_VISIBILITY,
      }),
      requestRenditions: requestRenditions({ table, queue, economyMode, limits: access.limits, checkTransformations }),
      deleteImage: deleteImage({ objects, table, invalidations }),
      changeImage: changeImage({ table, invalidations, moderation, ...ingestionRulesOf(config) }),
      moderateImage: moderateImage({ table, invalidations }),
      listPendingImages: listPendingImages({ table, linkKey: linkKeysOf(config)[0] }),
      eraseOwner: eraseOwner({ objects, table, invalidations }, { timing: erasureTiming, manyPublic }),
      createUploadToken: createUploadToken({ table, checkTransformations, ...accepted }),
    },
    ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    requestTimeoutSeconds: config.UPLOAD_TIMEOUT_SECONDS,
  });
  const owed = config.CDN_DISTRIBUTION_ID
    ? askForOwedInvalidations({ table, invalidations, logger }, invalidationTiming ?? INVALIDATION_TIMING)
    : undefined;
  const notices = webhook
    ? sendModerationNotices({ table, webhook, hasCdn: invalidations.hasCdn, logger, audit: access.audit }, noticeTiming)
    : undefined;
  await server.start();
  return {
    url: server.info.uri,
    /** Takes no new requests, and gives those under way, and the invalidations, so many seconds. */
    async stop(graceSeconds: number): Promise<void> {
      const end = Date.now() + (graceSeconds - LOGGING_SECONDS) * 1000;
      owed?.stop();
      const told = notices?.stop();
      await server.stop({ timeout: graceSeconds * 1000 });
      await closeSvgSanitizer();
      await told;
      await invalidations.finish(Math.max(0, end - Date.now()));
    },
  };
}
