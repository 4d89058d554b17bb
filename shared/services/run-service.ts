import type { Config } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';
import type { AccessPorts } from '../domain/principal.ts';
import { AUDIT_LIMITS } from '../runtime/audit-log.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../runtime/clients.ts';
import type { Logger } from '../runtime/logger.ts';
import { connectionLimits } from '../runtime/open-files.ts';
import { type RequestStop, run, type Stop } from '../runtime/run.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import { openObjectStore } from '../storage/objects/open-object-store.ts';
import type { ProcessingQueue } from '../storage/queues/processing-queue.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { openAccess } from './access.ts';
import { type EconomyMode, followEconomyMode } from './economy-mode.ts';

/** What every service is put together from. */
export interface ServiceOptions<S extends ServiceName> {
  config: Config<S>;
  logger: Logger;
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
}

type Start<S extends ServiceName> = (options: ServiceOptions<S> & { requestStop: RequestStop }) => Promise<Stop>;

/** Runs a service as this process, with the store, table and queue of its settings. Does not return. */
export const runService = <S extends ServiceName>(service: S, start: Start<S>, graceSeconds: number): Promise<void> =>
  run(
    service,
    async (config, logger, requestStop) => {
      const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
      const queue = { sqs: createSqsClient(config), queueUrl: config.PROCESSING_QUEUE_URL };
      const store = {
        url: config.OBJECT_STORE_URL,
        durability: config.DURABILITY,
        reserveMiB: config.DISK_RESERVE_MIB,
      };
      const objects = await openObjectStore(store, () => createS3Client(config));
      return start({ config, logger, objects, table, queue, requestStop });
    },
    graceSeconds,
  );

/** The services of the API, which have callers. */
export type ApiName = Exclude<ServiceName, 'worker'>;

interface ApiOptions<S extends ApiName> extends ServiceOptions<S> {
  economyMode: EconomyMode;
  access: AccessPorts;
  limits: { connections: { served: number; refused: number } };
}

/** Seconds for the last lines of the audit trail, once there are no more requests. */
const ACCESS_SECONDS = AUDIT_LIMITS.flushMs / 1000 + 1;

type StartApi<S extends ApiName> = (options: ApiOptions<S>) => Promise<{ stop(graceSeconds: number): Promise<void> }>;

/**
 * Runs a service of the API: with as many connections as there are files for, and in economy mode while that is on, which it knows before it takes a
 * request.
 */
export const runApi = <S extends ApiName>(service: S, start: StartApi<S>, graceSeconds: number): Promise<void> =>
  runService(
    service,
    async (options) => {
      const limits = { connections: connectionLimits(options.logger) };
      const economyMode = await followEconomyMode(options);
      const access = await openAccess({ ...options, service });
      const api = await start({ ...options, limits, economyMode, access });
      return async () => {
        economyMode.stop();
        // The last requests are told of when they end.
        await api.stop(graceSeconds).finally(access.stop);
      };
    },
    graceSeconds + ACCESS_SECONDS,
  );
