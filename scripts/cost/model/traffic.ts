import {
  DAYS_A_MONTH,
  imagesPerMonth,
  imagesStored,
  meanOriginalBytes,
  meanRenditionBytes,
  readingImages,
  shareStored,
  sum,
  type Workload,
} from '../workloads/workload.ts';
import type { AccessSettings } from './access-calls.ts';
import { type EdgeSettings, revalidations, shareAtOrigin, shareMissedByEdges } from './edge-reads.ts';
import type { Product } from './product.ts';
import { type RemadeSettings, remadePerImage } from './remade-renditions.ts';
import type { Operation } from './requests-per-operation.ts';

/** What the environment does to the traffic. */
export interface TrafficSettings extends EdgeSettings, RemadeSettings {
  /** The month, counted from the first of an environment that begins empty. */
  month: number;
  product: Pick<Product, 'edgeSeconds' | 'originalsWrittenInto'>;
}

/** What a month of traffic also depends on. */
export interface MonthSettings extends TrafficSettings {
  /** Whether deletions ask the CDN to invalidate public images. */
  invalidates: boolean;
  access: Pick<AccessSettings, 'moderation' | 'hasWebhook'>;
}

/** What happens in a month. */
export interface Traffic {
  images: number;
  /** Images that are stored at the end of the month. */
  stored: number;
  operations: Readonly<Record<Operation, number>>;
  /** Renditions that were asked for later, of the images that are stored at the end of the month. */
  laterStored: number;
  /** Reads of bytes by clients, before the CDN; those that edges cannot answer by themselves; and those that come through to the services. */
  reads: { original: number; rendition: number; missedByEdges: number; atOrigin: number };
  /** Renditions that are made: with the upload, later, and again. */
  renditionsMade: number;
  /** Bytes that clients receive, and those of them that the services send. */
  bytesDelivered: number;
  bytesFromOrigin: number;
  bytesUploaded: number;
}

/** Renditions that were asked for later, as long as their images are stored. Those that have expired are still in the table. */
const laterStored = (workload: Workload, month: number): number =>
  imagesPerMonth(workload) *
  workload.laterRenditionsPerImage *
  sum(Array.from({ length: month }, (_, age) => sum(workload.ageCurve.slice(0, age + 1)) * shareStored(workload, age)));

/** New images on which somebody decides before they are seen. */
function moderated(workload: Workload, { access }: Pick<MonthSettings, 'access'>): number {
  const shares = { off: 0, public: 1 - workload.privateShare, all: 1 };
  return imagesPerMonth(workload) * shares[access.moderation];
}

/** Everything that the workload does in a month, by operation of the API and of the workers. */
export function trafficOf(workload: Workload, settings: MonthSettings): Traffic {
  const { month } = settings;
  const images = imagesPerMonth(workload);
  const inParts = images * workload.shareInParts;
  const reading = readingImages(workload, month);
  const stored = imagesStored(workload, month);
  const reads = {
    original: workload.readsPerImage.original * reading,
    rendition: workload.readsPerImage.rendition * reading,
  };
  const all = reads.original + reads.rendition;
  const missed = all * shareAtOrigin(workload, settings);
  const askedAgain = revalidations(workload, settings, month);
  const later = workload.laterRenditionsPerImage * reading;
  const remade =
    images *
    sum(
      remadePerImage(workload, settings)
        .slice(0, month)
        .map((each, age) => each * shareStored(workload, age)),
    );
  const deletions = workload.deletionsPerMonth * stored;
  const deletionsOfCached = settings.invalidates ? deletions * (1 - workload.privateShare) : 0;
  const withBytes = 1 - workload.notModifiedShare;
  const bytes = reads.original * meanOriginalBytes(workload) + reads.rendition * meanRenditionBytes(workload);
  return {
    images,
    stored,
    laterStored: laterStored(workload, month),
    reads: {
      ...reads,
      missedByEdges: all * shareMissedByEdges(workload, settings) + askedAgain,
      atOrigin: missed + askedAgain,
    },
    renditionsMade: images * workload.renditions.length + later + remade,
    bytesDelivered: bytes * withBytes,
    bytesFromOrigin: bytes * withBytes * shareAtOrigin(workload, settings),
    bytesUploaded: images * meanOriginalBytes(workload),
    operations: {
      uploadImage: images - inParts,
      createUpload: inParts,
      uploadParts: inParts,
      completeUpload: inParts,
      processUpload: workload.renditions.length > 0 ? images : 0,
      requestRendition: later,
      processRendition: later + remade,
      findExpiredRendition: remade,
      readBytes: missed * withBytes,
      readNotModified: missed * (1 - withBytes) + askedAgain,
      readRecord: workload.metadataReadsPerImage * reading,
      listImages: workload.listCallsPerDay * DAYS_A_MONTH,
      changeImage: images * workload.changesPerImage,
      moderateImage: settings.access.hasWebhook ? 0 : moderated(workload, settings),
      tellModerator: settings.access.hasWebhook ? moderated(workload, settings) : 0,
      deleteImage: deletions - deletionsOfCached,
      deleteCachedImage: deletionsOfCached,
    },
  };
}
