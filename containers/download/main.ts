import { createServer } from '../../shared/http/server.ts';
import { linkKeysOf } from '../../shared/http/signed-links.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../shared/runtime/clients.ts';
import { connectionLimits } from '../../shared/runtime/open-files.ts';
import { run } from '../../shared/runtime/run.ts';
import { openObjectStore } from '../../shared/storage/objects/open-object-store.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { downloadHandlers } from './handlers.ts';
import { openRenditionRequests } from './rendition-requests.ts';
import { openWatchedImages } from './watched-images.ts';

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
    const watched = openWatchedImages({ table, logger });
    const server = createServer({
      service: 'download',
      config,
      logger,
      limits: { connections: connectionLimits(logger) },
      ...downloadHandlers({
        objects,
        table,
        renditionRequests: openRenditionRequests({ table, queue }),
        watched,
        signedUrls: config.SIGNED_URLS === 'on',
        linkKeys: linkKeysOf(config),
        heic: config.HEIC === 'on',
      }),
      // The queue is not checked, because existing objects can be served without it.
      ready: () => Promise.all([objects.check(), checkTable(table)]),
    });
    await server.start();
    return () => {
      watched.stop();
      return server.stop({ timeout: GRACE_SECONDS * 1000 });
    };
  },
  GRACE_SECONDS,
);
