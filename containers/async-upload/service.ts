import { checkOf } from '../../shared/contracts/transformations.ts';
import type { AccessPorts } from '../../shared/domain/principal.ts';
import type { HttpLimits } from '../../shared/http/http-limits.ts';
import { createServer } from '../../shared/http/server.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import type { ServiceOptions } from '../../shared/services/run-service.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { ingestionRulesOf } from '../../shared/uploads/ingestion.ts';
import { closeSvgSanitizer } from '../../shared/uploads/svg/sanitize-svg.ts';
import { abortUpload } from './abort-upload.ts';
import { completeUpload } from './complete-upload.ts';
import { openCompletions } from './completions.ts';
import { createPartUrls } from './create-part-urls.ts';
import { createUpload } from './create-upload.ts';
import { removeExpiredUploads } from './expired-uploads.ts';
import { getUpload } from './get-upload.ts';
import { listParts } from './list-parts.ts';
import { OPTIONS_HEADERS } from './upload-limit-header.ts';
import { uploadPart } from './upload-part.ts';

export interface AsyncUploadOptions extends ServiceOptions<'async-upload'> {
  economyMode: EconomyMode;
  access: AccessPorts;
  limits?: Partial<HttpLimits> | undefined;
  /** Milliseconds that a request waits for its completion, if not ANSWER_WITHIN_MS. */
  answerWithinMs?: number | undefined;
}

/** Puts the service together and starts it. */
export async function startAsyncUpload(options: AsyncUploadOptions) {
  const { config, logger, objects, table, queue, limits, economyMode, access, answerWithinMs } = options;
  const accepted = {
    maxInputPixels: config.MAX_INPUT_PIXELS,
    heic: config.HEIC === 'on',
    ...ingestionRulesOf(config),
  };
  const checkTransformations = checkOf(config.TRANSFORMATIONS);
  const moderation = config.MODERATION;
  const dependencies = { objects, table, queue, logger, limits: access.limits, ...accepted, moderation };
  const signed = { ...dependencies, partUrlSecret: config.PART_URL_SECRET };
  const completions = openCompletions(dependencies);
  const server = createServer({
    service: 'async-upload',
    config,
    logger,
    access,
    limits,
    handlers: {
      createUpload: createUpload({
        ...dependencies,
        economyMode,
        checkTransformations,
        defaultVisibility: config.DEFAULT_VISIBILITY,
      }),
      getUpload: getUpload(dependencies),
      uploadPart: uploadPart({ ...signed, requestSeconds: config.UPLOAD_TIMEOUT_SECONDS }),
      listParts: listParts(dependencies),
      createPartUrls: createPartUrls(signed),
      completeUpload: completeUpload(dependencies, { completions, answerWithinMs }),
      abortUpload: abortUpload(dependencies),
    },
    ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    optionsHeaders: OPTIONS_HEADERS,
    requestTimeoutSeconds: config.UPLOAD_TIMEOUT_SECONDS,
  });
  const sweep = removeExpiredUploads(objects, logger);
  await server.start();
  return {
    url: server.info.uri,
    completions,
    /** Takes no new requests, gives those under way so many seconds, and waits for the completions. */
    async stop(graceSeconds: number): Promise<void> {
      sweep.stop();
      await server.stop({ timeout: graceSeconds * 1000 });
      await completions.drained();
      await closeSvgSanitizer();
    },
  };
}
