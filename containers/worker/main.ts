import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { createServer } from '../../shared/http/server.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { run } from '../../shared/runtime/run.ts';
import { checkTable } from '../../shared/storage/image-table.ts';
import { openObjectStore } from '../../shared/storage/open-object-store.ts';
import { checkQueue } from '../../shared/storage/processing-queue.ts';
import { startConsumers } from './consumers.ts';
import { configureSharp } from './pipeline/configure-sharp.ts';
import { processMessage } from './process-message.ts';
import { openWorkDirectory } from './work-directory.ts';

/** Beside the time for the work itself: for the last answers of SQS and DynamoDB. */
const GRACE_SECONDS = QUEUE_TIMING.drainSeconds + 10;

await run(
  'worker',
  async (config, logger) => {
    configureSharp();
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
    const objects = await openObjectStore(config.OBJECT_STORE_URL, () => createS3Client(config));
    const directory = await openWorkDirectory(config.WORK_DIRECTORY);
    const server = createServer({
      service: 'worker',
      config,
      logger,
      handlers: {},
      ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    });
    await server.start();
    const process = processMessage({ objects, table, directory, maxInputPixels: config.MAX_INPUT_PIXELS, logger });
    // A thread is left for files, or a decode would wait for the bytes of the next.
    const concurrency = Math.min(config.WORKER_CONCURRENCY, config.UV_THREADPOOL_SIZE - 1);
    const consumers = startConsumers({ queue, concurrency, process, logger });
    return async () => {
      await consumers.drain(QUEUE_TIMING.drainSeconds);
      await server.stop();
    };
  },
  GRACE_SECONDS,
);
