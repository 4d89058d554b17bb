import { createServer } from '../../shared/http/server.ts';
import { createDocumentClient, createS3Client } from '../../shared/runtime/clients.ts';
import { run } from '../../shared/runtime/run.ts';
import { checkTable } from '../../shared/storage/image-table.ts';
import { openObjectStore } from '../../shared/storage/open-object-store.ts';
import { getDocs, getDocsAsset, getOpenApi } from './documentation.ts';
import { getImage } from './get-image.ts';
import { getLimits } from './get-limits.ts';
import { getOriginal } from './get-original.ts';
import { getRendition } from './get-rendition.ts';
import { listImages } from './list-images.ts';

/** Seconds for downloads under way when the service is told to end. */
const GRACE_SECONDS = 30;

await run(
  'download',
  async (config, logger) => {
    const table = { documents: createDocumentClient(config), tableName: config.IMAGE_TABLE_NAME };
    const objects = await openObjectStore(config.OBJECT_STORE_URL, () => createS3Client(config));
    const server = createServer({
      service: 'download',
      config,
      logger,
      handlers: {
        listImages: listImages(table),
        getImage: getImage(table),
        getOriginal: getOriginal({ objects, table }),
        getRendition: getRendition({ objects, table }),
        getLimits,
        getOpenApi,
        getDocs,
        getDocsAsset,
      },
      ready: () => Promise.all([objects.check(), checkTable(table)]),
    });
    await server.start();
    return () => server.stop({ timeout: GRACE_SECONDS * 1000 });
  },
  GRACE_SECONDS,
);
