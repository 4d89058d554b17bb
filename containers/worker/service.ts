import type { Config } from '../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { budgetOf } from '../../shared/domain/budget.ts';
import { createServer } from '../../shared/http/server.ts';
import type { RequestStop, Stop } from '../../shared/runtime/run.ts';
import type { ServiceOptions } from '../../shared/services/run-service.ts';
import { checkQueue } from '../../shared/storage/queues/processing-queue.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { startConsumers } from './consumers.ts';
import { openImageProcessPool } from './image-processes/pool.ts';
import { openMessageMetrics } from './metrics/message-metrics.ts';
import type { PipelineLimits } from './pipeline/run-pipeline.ts';
import { type ProcessDependencies, processMessage } from './process-message.ts';
import { stopOnSpotNotice } from './spot-notice.ts';
import { protectTask } from './task-protection.ts';
import { openWorkDirectory } from './work-directory.ts';

export interface WorkerOptions extends ServiceOptions<'worker'> {
  requestStop: RequestStop;
}

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

/** Starts the image processes, and answers with them everything that the work on a message needs. */
export function openProcessing(
  config: Config<'worker'>,
  dependencies: Pick<ProcessDependencies, 'objects' | 'table' | 'directory' | 'metrics' | 'logger'>,
): ProcessDependencies {
  const limits = pipelineLimits(config);
  const processes = openImageProcessPool({
    processes: config.WORKER_PROCESSES,
    memoryBytes: config.PROCESS_MEMORY_MIB * 1024 * 1024,
    timeoutSeconds: limits.timeoutSeconds,
  });
  const { messageTimeoutSeconds } = QUEUE_TIMING;
  return { ...dependencies, processes, limits, messageTimeoutSeconds, prices: config.RECEIPT_PRICES };
}

/** Puts the service together and starts it; returns what stops it. */
export async function startWorker(options: WorkerOptions): Promise<Stop> {
  const { config, logger, objects, table, queue, requestStop } = options;
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
  const processing = openProcessing(config, { objects, table, directory, metrics, logger });
  const consumers = startConsumers({
    queue,
    concurrency: config.WORKER_CONCURRENCY,
    process: processMessage(processing),
    protection: protectTask(config.ECS_AGENT_URI, logger),
    logger,
  });
  const notice = stopOnSpotNotice(config, { logger, requestStop });
  return async ({ drainSeconds = QUEUE_TIMING.drainSeconds }) => {
    notice.stop();
    await consumers.drain(drainSeconds);
    await processing.processes.stop();
    await server.stop();
  };
}
