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
import type { Operation } from './requests-per-operation.ts';

/** What the environment does to the traffic. */
export interface TrafficSettings {
  /** Whether a CDN answers its part of the reads. */
  hasCdn: boolean;
  /** Months after which renditions expire; `Infinity` for never. */
  renditionMonths: number;
  /** The month, counted from the first of an environment that begins empty. */
  month: number;
}

/** What a month of traffic also depends on. */
export interface MonthSettings extends TrafficSettings {
  /** Whether deletions ask the CDN to invalidate public images. */
  invalidates: boolean;
}

/** What happens in a month. */
export interface Traffic {
  images: number;
  /** Images that are stored at the end of the month. */
  stored: number;
  operations: Readonly<Record<Operation, number>>;
  /** Reads of bytes by clients, before the CDN, and those that come through to the service. */
  reads: { original: number; rendition: number; atOrigin: number };
  /** Renditions that are made: with the upload, later, and again. */
  renditionsMade: number;
  /** Bytes that clients receive, and those of them that the services send. */
  bytesDelivered: number;
  bytesFromOrigin: number;
  bytesUploaded: number;
}

/** Renditions that have expired and are made again, for each image of an age in months: those that somebody reads. */
export function remadePerImage(workload: Workload, { hasCdn, renditionMonths }: TrafficSettings): number[] {
  const count = workload.renditions.length;
  if (count === 0 || !Number.isFinite(renditionMonths)) return workload.ageCurve.map(() => 0);
  const readsAtOrigin = (age: number) => (readsOfAge(workload, age).rendition * originShare(workload, hasCdn)) / count;
  const remade: number[] = [];
  for (const age of workload.ageCurve.keys()) {
    // There while it is young, or while what was made again is.
    const since = remade.slice(Math.max(0, Math.floor(age - renditionMonths) + 1), age);
    const present = age < renditionMonths ? 1 : Math.min(1, sum(since));
    remade.push((1 - present) * (1 - Math.exp(-readsAtOrigin(age))));
  }
  return remade.map((each) => each * count);
}

const originShare = ({ cacheHitRate }: Workload, hasCdn: boolean): number => (hasCdn ? 1 - cacheHitRate : 1);

const readsOfAge = ({ readsPerImage, ageCurve }: Workload, age: number) => ({
  original: readsPerImage.original * (ageCurve[age] ?? 0),
  rendition: readsPerImage.rendition * (ageCurve[age] ?? 0),
});

/** Everything that the workload does in a month, by operation of the API and of the workers. */
export function trafficOf(workload: Workload, settings: MonthSettings): Traffic {
  const { month, hasCdn } = settings;
  const images = imagesPerMonth(workload);
  const inParts = images * workload.shareInParts;
  const reading = readingImages(workload, month);
  const stored = imagesStored(workload, month);
  const reads = {
    original: workload.readsPerImage.original * reading,
    rendition: workload.readsPerImage.rendition * reading,
  };
  const atOrigin = (reads.original + reads.rendition) * originShare(workload, hasCdn);
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
    reads: { ...reads, atOrigin },
    renditionsMade: images * workload.renditions.length + later + remade,
    bytesDelivered: bytes * withBytes,
    bytesFromOrigin: bytes * withBytes * originShare(workload, hasCdn),
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
      readBytes: atOrigin * withBytes,
      readNotModified: atOrigin * (1 - withBytes),
      readRecord: workload.metadataReadsPerImage * reading,
      listImages: workload.listCallsPerDay * DAYS_A_MONTH,
      deleteImage: deletions - deletionsOfCached,
      deleteCachedImage: deletionsOfCached,
    },
  };
}
