import { AsyncLocalStorage } from 'node:async_hooks';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from '@hapi/hapi';
import { createServer } from '../../../shared/http/server.ts';
import { run } from '../../../shared/runtime/run.ts';

/** The ids of deletions that fail together. */
const pair: (() => void)[] = [];

/** Ways in which a deletion throws an error that nothing catches. */
const FAULTS: Record<string, () => void> = {
  exception: () =>
    setImmediate(() => {
      throw new Error('a fault of a request');
    }),
  rejection: () => void Promise.reject(new Error('a fault of a request')),
  nothing: () =>
    setImmediate(() => {
      throw undefined;
    }),
  pair: () => {
    pair.push(AsyncLocalStorage.bind(() => FAULTS.exception?.()));
    if (pair.length === 2) for (const fault of pair) fault();
  },
};

/** A service that reads uploads to their end, and whose deletions cause an uncaught error of the kind in the first argument. */
await run(
  'sync-upload',
  async (config, logger) => {
    const server = createServer({
      service: 'sync-upload',
      config,
      logger,
      handlers: {
        uploadImage: async ({ payload }: Request) => ({
          bytes: (await buffer(payload as NodeJS.ReadableStream & AsyncIterable<Buffer>)).length,
        }),
        requestRenditions: () => null,
        changeImage: () => null,
        createUploadToken: () => null,
        eraseOwner: () => null,
        moderateImage: () => null,
        listPendingImages: () => null,
        deleteImage: async () => {
          FAULTS[process.argv[2] ?? '']?.();
          await sleep(10);
          return null;
        },
      },
      ready: async () => undefined,
    });
    await server.start();
    return () => server.stop({ timeout: 5000 });
  },
  10,
);
