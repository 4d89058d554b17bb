import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { checkOpenFiles, workerOpenFiles } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { startWorker } from './service.ts';

/** Beside the time for the work itself: for the last answers of SQS and DynamoDB. */
const GRACE_SECONDS = QUEUE_TIMING.drainSeconds + 10;

await run(
  'worker',
  async (config, logger, requestStop) => {
    checkOpenFiles(workerOpenFiles({ messages: config.WORKER_CONCURRENCY, processes: config.WORKER_PROCESSES }));
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
    const store = {
      url: config.OBJECT_STORE_URL,
      durability: config.DURABILITY,
      reserveMiB: config.DISK_RESERVE_MIB,
    };
    const objects = await openObjectStore(store, () => createS3Client(config));
    return startWorker({ config, logger, objects, table, queue, requestStop });
  },
  GRACE_SECONDS,
);
