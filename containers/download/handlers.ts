import type { ServerOptions } from '../../shared/http/server.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createLink, type LinkDependencies } from './create-link.ts';
import { getDocs, getDocsAsset, getOpenApi } from './documentation.ts';
import { getFavicon, getFrontPage } from './front-page.ts';
import { getEvents } from './get-events.ts';
import { getFile } from './get-file.ts';
import { getImage } from './get-image.ts';
import { getLimits } from './get-limits.ts';
import { getOriginal } from './get-original.ts';
import { getRendition } from './get-rendition.ts';
import { openImageCache } from './image-cache.ts';
import { listImages } from './list-images.ts';
import { openNotModifiedCache } from './not-modified-cache.ts';
import type { RenditionDependencies } from './send-rendition.ts';
import type { WatchedImages } from './watched-images.ts';

/** What the operations of this service need. */
export interface DownloadDependencies extends RenditionDependencies, LinkDependencies {
  watched: WatchedImages;
  /** Whether HEIC is taken; not if absent. */
  heic?: boolean | undefined;
  /** By which images are known for a second; the machine's own without it. */
  clock?: Pick<Clock, 'now'> | undefined;
}

/** Each operation of the service with its handler, and what is answered before any of them is asked. */
export function downloadHandlers(
  dependencies: DownloadDependencies,
): Pick<ServerOptions<'download'>, 'handlers' | 'fastPath'> {
  const { table, clock } = dependencies;
  const imageCache = openImageCache(table, clock);
  const notModifiedCache = openNotModifiedCache(imageCache);
  const handlers = {
    listImages: listImages(table),
    getImage: getImage(table),
    getOriginal: getOriginal({ ...dependencies, imageCache, notModifiedCache }),
    getRendition: getRendition({ ...dependencies, imageCache, notModifiedCache }),
    getFile: getFile(dependencies),
    getEvents: getEvents(dependencies),
    createLink: createLink(dependencies),
    getLimits: getLimits({ heic: dependencies.heic }),
    getOpenApi,
    getFrontPage,
    getFavicon,
    getDocs,
    getDocsAsset,
  };
  return { handlers, fastPath: notModifiedCache.answer };
}
