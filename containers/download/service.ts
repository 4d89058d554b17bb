import { newImagesOf } from '../../shared/contracts/api/limits-view.ts';
import { runningVersionOf } from '../../shared/contracts/running-version.ts';
import type { AccessPorts } from '../../shared/domain/principal.ts';
import type { HttpLimits } from '../../shared/http/http-limits.ts';
import { createServer } from '../../shared/http/server.ts';
import { linkKeysOf } from '../../shared/http/signed-links.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import type { ServiceOptions } from '../../shared/services/run-service.ts';
import { checkTable } from '../../shared/storage/table/image-table.ts';
import { downloadHandlers } from './handlers.ts';
import { openImagePoller } from './image-poller.ts';
import { openRenditionRequests } from './rendition-requests.ts';

export interface DownloadOptions extends ServiceOptions<'download'> {
  economyMode: EconomyMode;
  access: AccessPorts;
  limits?: Partial<HttpLimits> | undefined;
  /** The clock of the caches and the image poller, if not the machine's own. */
  clock?: Clock | undefined;
  /** Milliseconds after which a reader that takes nothing is cut off, if not the usual ones. */
  stalledMs?: number | undefined;
  /** Milliseconds between two comments in a stream of events, if not the usual ones. */
  heartbeatMs?: number | undefined;
}

/** Puts the service together and starts it. */
export async function startDownload(options: DownloadOptions) {
  const { config, logger, objects, table, queue, economyMode, access, limits, clock, stalledMs, heartbeatMs } = options;
  const poller = openImagePoller({ table, logger, clock });
  const server = createServer({
    service: 'download',
    config,
    logger,
    access,
    limits,
    ...downloadHandlers({
      objects,
      table,
      renditionRequests: openRenditionRequests({ table, queue, limits: access.limits }),
      poller,
      economyMode,
      limits: access.limits,
      clock,
      stalledMs,
      heartbeatMs,
      signedUrls: config.SIGNED_URLS === 'on',
      linkKeys: linkKeysOf(config),
      heic: config.HEIC === 'on',
      running: runningVersionOf(config),
      transformations: config.TRANSFORMATIONS,
      newImages: newImagesOf(config),
    }),
    // The queue is left out, because what is stored can be served without it.
    ready: () => Promise.all([objects.check(), checkTable(table)]),
  });
  await server.start();
  return {
    url: server.info.uri,
    /** Takes no new requests, ends the event streams, and gives downloads under way so many seconds. */
    async stop(graceSeconds: number): Promise<void> {
      poller.stop();
      await server.stop({ timeout: graceSeconds * 1000 });
    },
  };
}
