import type { NewImages } from '../../shared/contracts/api/limits-view.ts';
import type { RunningVersion } from '../../shared/contracts/running-version.ts';
import type { OwnerLimits } from '../../shared/domain/owner-limits.ts';
import { type TransformationControl, variantFormatsOf } from '../../shared/domain/transformation-control.ts';
import type { ServerOptions } from '../../shared/http/server.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createLink, type LinkDependencies } from './create-link.ts';
import { getDocs, getDocsAsset, getOpenApi } from './documentation.ts';
import { getFavicon, getFrontPage } from './front-page.ts';
import { type EventsDependencies, getEvents } from './get-events.ts';
import { getFile } from './get-file.ts';
import { getImage } from './get-image.ts';
import { getLimits } from './get-limits.ts';
import { getOriginal } from './get-original.ts';
import { getRendition } from './get-rendition.ts';
import { getUsage } from './get-usage.ts';
import { openImageCache } from './image-cache.ts';
import { listImages } from './list-images.ts';
import { openNotModifiedCache } from './not-modified-cache.ts';
import type { RenditionDependencies } from './send-rendition.ts';

/** The dependencies of all operations of this service. */
export interface DownloadDependencies extends RenditionDependencies, LinkDependencies, EventsDependencies {
  limits: OwnerLimits;
  /** Whether HEIC is accepted; it is not if this is absent. */
  heic?: boolean | undefined;
  /** What runs, which is unknown if this is absent. */
  running?: RunningVersion | undefined;
  /** The renditions that may be asked for; all if this is absent. */
  transformations?: TransformationControl | undefined;
  newImages: NewImages;
  /** The clock of the image cache; the clock of the machine if this is absent. */
  clock?: Pick<Clock, 'now'> | undefined;
}

/** A handler for each operation of the service, and the fast path that answers some requests before them. */
export function downloadHandlers(
  dependencies: DownloadDependencies,
): Pick<ServerOptions<'download'>, 'handlers' | 'fastPath'> {
  const { table, clock, heic, running, limits, transformations, newImages, signedUrls } = dependencies;
  const imageCache = openImageCache(table, clock);
  const notModifiedCache = openNotModifiedCache(imageCache);
  const handlers = {
    listImages: listImages(table),
    getImage: getImage(table),
    getOriginal: getOriginal({ ...dependencies, imageCache, notModifiedCache }),
    getRendition: getRendition({
      ...dependencies,
      imageCache,
      notModifiedCache,
      variantFormats: variantFormatsOf(transformations),
    }),
    getFile: getFile(dependencies),
    getEvents: getEvents(dependencies),
    createLink: createLink(dependencies),
    getUsage: getUsage(limits),
    getLimits: getLimits({ heic, running, transformations, newImages }, dependencies.economyMode),
    getOpenApi,
    getFrontPage,
    getFavicon,
    getDocs,
    getDocsAsset,
  };
  // It looks at no credentials, and with signed URLs nothing is for everybody.
  return { handlers, ...(!signedUrls && { fastPath: notModifiedCache.answer }) };
}
