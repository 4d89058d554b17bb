import type { Config } from '../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { budgetOf } from '../../shared/domain/budget.ts';
import { createServer } from '../../shared/http/server.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { checkOpenFiles, workerOpenFiles } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { startConsumers } from './consumers.ts';
import { openImageProcesses } from './image-processes.ts';
import { openMessageMetrics } from './message-metrics.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import { processMessage } from './process-message.ts';
import { stopOnSpotNotice } from './spot-notice.ts';
import { protectTask } from './task-protection.ts';
import { openWorkDirectory } from './work-directory.ts';

/** Beside the time for the work itself: for the last answers of SQS and DynamoDB. */
const GRACE_SECONDS = QUEUE_TIMING.drainSeconds + 10;

const pipelineLimits = (config: Config<'worker'>): PipelineLimits => ({
  maxInputPixels: config.MAX_INPUT_PIXELS,
  heic: config.HEIC === 'on',
  maxInputChannels: config.MAX_INPUT_CHANNELS,
  maxOutputPixels: config.MAX_OUTPUT_PIXELS,
  maxAnimationPixels: config.MAX_ANIMATION_PIXELS,
  timeoutSeconds: config.PROCESSING_TIMEOUT_SECONDS,
  budget: budgetOf({
    timeoutSeconds: config.PROCESSING_TIMEOUT_SECONDS,
    memoryBytes: config.PROCESS_MEMORY_MIB * 1024 * 1024,
  }),
});

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
    const directory = await openWorkDirectory(config.WORK_DIRECTORY);
    const metrics = openMessageMetrics(config);
    const server = createServer({
      service: 'worker',
      config,
      logger,
      handlers: {},
      metrics,
      ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    });
    await server.start();
    const limits = pipelineLimits(config);
    const processes = openImageProcesses({
      processes: config.WORKER_PROCESSES,
      memoryBytes: config.PROCESS_MEMORY_MIB * 1024 * 1024,
      timeoutSeconds: limits.timeoutSeconds,
    });
    const { messageTimeoutSeconds } = QUEUE_TIMING;
    const dependencies = { objects, table, directory, processes, limits, messageTimeoutSeconds, metrics, logger };
    const process = processMessage(dependencies);
    const consumers = startConsumers({
      queue,
      concurrency: config.WORKER_CONCURRENCY,
      process,
      protection: protectTask(config.ECS_AGENT_URI, logger),
      logger,
    });
    const notice = stopOnSpotNotice(config, { logger, requestStop });
    return async ({ drainSeconds = QUEUE_TIMING.drainSeconds }) => {
      notice.stop();
      await consumers.drain(drainSeconds);
      await processes.stop();
      await server.stop();
    };
  },
  GRACE_SECONDS,
);
