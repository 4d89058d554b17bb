import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { checkOpenFiles, workerOpenFiles } from '../../shared/runtime/open-files.ts';
import { runService } from '../../shared/services/run-service.ts';
import { startWorker } from './service.ts';

/** Beside the time for the work itself: for the last answers of SQS and DynamoDB. */
const GRACE_SECONDS = QUEUE_TIMING.drainSeconds + 10;

await runService(
  'worker',
  (options) => {
    const { config } = options;
    checkOpenFiles(workerOpenFiles({ messages: config.WORKER_CONCURRENCY, processes: config.WORKER_PROCESSES }));
    return startWorker(options);
  },
  GRACE_SECONDS,
);
