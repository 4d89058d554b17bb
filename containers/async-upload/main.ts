import { createServer } from '../../shared/http/server.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { abortUpload } from './abort-upload.ts';
import { completeUpload } from './complete-upload.ts';
import { openCompletions } from './completions.ts';
import { createPartUrls } from './create-part-urls.ts';
import { createUpload } from './create-upload.ts';
import { removeExpiredUploads } from './expired-uploads.ts';
import { getUpload } from './get-upload.ts';
import { listParts } from './list-parts.ts';
import { uploadLimitHeader } from './upload-limit.ts';
import { uploadPart } from './upload-part.ts';

/** Seconds for parts and completions under way when the service is told to end; inside ECS's longest stopTimeout of 120. */
const GRACE_SECONDS = 110;

await run(
  'async-upload',
  async (config, logger) => {
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
    const store = {
      url: config.OBJECT_STORE_URL,
      durability: config.DURABILITY,
      reserveMiB: config.DISK_RESERVE_MIB,
    };
    const objects = await openObjectStore(store, () => createS3Client(config));
    const dependencies = {
      objects,
      table,
      queue,
      logger,
      maxInputPixels: config.MAX_INPUT_PIXELS,
      heic: config.HEIC === 'on',
    };
    const signed = { ...dependencies, partUrlSecret: config.PART_URL_SECRET };
    const completions = openCompletions(dependencies);
    const server = createServer({
      service: 'async-upload',
      config,
      logger,
      limits: { connections: connectionLimits(logger) },
      handlers: {
        createUpload: createUpload(dependencies),
        getUpload: getUpload(dependencies),
        uploadPart: uploadPart({ ...signed, requestSeconds: config.UPLOAD_TIMEOUT_SECONDS }),
        listParts: listParts(dependencies),
        createPartUrls: createPartUrls(signed),
        completeUpload: completeUpload(dependencies, { completions }),
        abortUpload: abortUpload(dependencies),
      },
      ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
      optionsHeaders: uploadLimitHeader,
      requestTimeoutSeconds: config.UPLOAD_TIMEOUT_SECONDS,
    });
    const sweep = removeExpiredUploads(objects, logger);
    await server.start();
    return async () => {
      sweep.stop();
      await server.stop({ timeout: GRACE_SECONDS * 1000 });
      await completions.drained();
    };
  },
  GRACE_SECONDS,
);
