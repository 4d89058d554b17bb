import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { startDownload } from './service.ts';

/** Seconds that downloads in progress have left when the service is told to stop. */
const GRACE_SECONDS = 30;

await run(
  'download',
  async (config, logger) => {
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
    const store = {
      url: config.OBJECT_STORE_URL,
      durability: config.DURABILITY,
      reserveMiB: config.DISK_RESERVE_MIB,
    };
    const objects = await openObjectStore(store, () => createS3Client(config));
    const limits = { connections: connectionLimits(logger) };
    const service = await startDownload({ config, logger, objects, table, queue, limits });
    return () => service.stop(GRACE_SECONDS);
  },
  GRACE_SECONDS,
);
