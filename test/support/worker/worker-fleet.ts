import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import type { Environment } from '../../../shared/contracts/environment.ts';
import { METRICS_PATH } from '../../../shared/contracts/services.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { childrenOf } from '../processes.ts';
import type { Bench } from './worker-bench.ts';
import { spawnWorker, type WorkerProcess } from './worker-process.ts';

type Settings = Partial<Record<keyof Environment, string>>;

/** A listening worker of a fleet. */
export interface FleetWorker extends WorkerProcess {
  pid: number;
  port: string;
  /** Ids of its image processes. */
  imageProcesses(): number[];
  /** Renditions with an outcome, as its own metrics count them. */
  counted(outcome: 'ready' | 'failed' | 'returned' | 'skipped'): Promise<number>;
}

/** Workers that run main.ts in separate processes and share a queue. */
export interface Fleet {
  start(changes?: Settings): Promise<FleetWorker>;
  /** Kills whichever is left. */
  stop(): Promise<void>;
}

export function openFleet({ endpoints, folder, table }: Bench, queue: ProcessingQueue, settings: Settings): Fleet {
  const started: WorkerProcess[] = [];
  return {
    async start(changes = {}) {
      const port = String(await freePort());
      const env: Settings = {
        LOG_LEVEL: 'silent',
        HOST: '127.0.0.1',
        PORT: port,
        AUTHENTICATION: 'off',
        AWS_REGION: LOCAL_REGION,
        AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
        AWS_ENDPOINT_URL_SQS: endpoints.sqs,
        IMAGE_TABLE_NAME: table.tableName,
        PROCESSING_QUEUE_URL: queue.queueUrl,
        OBJECT_STORE_URL: pathToFileURL(join(folder, 'objects')).href,
        WORK_DIRECTORY: join(folder, `work-of-${port}`),
        ...settings,
        ...changes,
      };
      const worker = spawnWorker({ ...env, ...LOCAL_CREDENTIALS });
      started.push(worker);
      await worker.listening();
      const pid = Number(worker.child.pid);
      return {
        ...worker,
        pid,
        port,
        imageProcesses: () => childrenOf(pid),
        counted: (outcome) => countOf(`http://127.0.0.1:${port}${METRICS_PATH}`, outcome),
      };
    },
    async stop() {
      for (const { child, ended } of started) {
        child.kill('SIGKILL');
        await ended();
      }
    },
  };
}

async function countOf(url: string, outcome: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const series = text.matchAll(/^image_worker_renditions_total\{outcome="(\w+)",code="\w*"\} (\d+)$/gm);
  return [...series].reduce((sum, [, found, count]) => sum + (found === outcome ? Number(count) : 0), 0);
}
