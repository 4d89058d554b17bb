import { createServer } from '../../shared/http/server.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { deleteImage } from './delete-image.ts';
import { purgesFor } from './purges.ts';
import { requestRenditions } from './request-renditions.ts';
import { uploadImage } from './upload-image.ts';

/** Seconds for uploads under way when the service is told to end; inside ECS's longest stopTimeout of 120. */
const GRACE_SECONDS = 110;

/** Seconds, counted from the same moment, for purges that the CDN has not accepted: with time left to log them. */
const PURGE_GRACE_SECONDS = GRACE_SECONDS - 5;

await run(
  'sync-upload',
  async (config, logger) => {
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
    const store = {
      url: config.OBJECT_STORE_URL,
      durability: config.DURABILITY,
      reserveMiB: config.DISK_RESERVE_MIB,
    };
    const objects = await openObjectStore(store, () => createS3Client(config));
    const purges = await purgesFor(config, logger);
    const dependencies = {
      objects,
      table,
      queue,
      purges,
      logger,
      maxInputPixels: config.MAX_INPUT_PIXELS,
      heic: config.HEIC === 'on',
    };
    const server = createServer({
      service: 'sync-upload',
      config,
      logger,
      limits: { connections: connectionLimits(logger) },
      handlers: {
        uploadImage: uploadImage(dependencies),
        requestRenditions: requestRenditions(dependencies),
        deleteImage: deleteImage(dependencies),
      },
      ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
      requestTimeoutSeconds: config.UPLOAD_TIMEOUT_SECONDS,
    });
    await server.start();
    return async () => {
      const end = Date.now() + PURGE_GRACE_SECONDS * 1000;
      await server.stop({ timeout: GRACE_SECONDS * 1000 });
      await purges.finish(end - Date.now());
    };
  },
  GRACE_SECONDS,
);
