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
import { SECONDS_A_MONTH } from './month.ts';
import type { Product } from './product.ts';
import type { Operation } from './requests-per-operation.ts';

/** What the environment does to the traffic. */
export interface TrafficSettings {
  /** Whether a CDN answers its part of the reads. */
  hasCdn: boolean;
  /** Months after which renditions expire; `Infinity` for never. */
  renditionMonths: number;
  /** The month, counted from the first of an environment that begins empty. */
  month: number;
  product: Pick<Product, 'edgeSeconds' | 'originalsWrittenInto'>;
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
export function remadePerImage(
  workload: Workload,
  { hasCdn, renditionMonths }: Pick<TrafficSettings, 'hasCdn' | 'renditionMonths'>,
): number[] {
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

/**
 * Of the reads of a month that edges could answer, those for which a copy is too old, so that the service is asked whether it is still right. Reads
 * come independently of each other, and all copies of an age are read equally often; more are asked for here than with a few popular images.
 */
function revalidations(workload: Workload, { hasCdn, month, product }: TrafficSettings): number {
  if (!hasCdn || !Number.isFinite(product.edgeSeconds)) return 0;
  const tooOld = (reads: number, copies: number) =>
    reads === 0 ? 0 : reads / (1 + ((reads / copies) * product.edgeSeconds) / SECONDS_A_MONTH);
  const perImage = workload.ageCurve.slice(0, month).map((_, age) => {
    const { original, rendition } = readsOfAge(workload, age);
    return (tooOld(original, 1) + tooOld(rendition, workload.renditions.length || 1)) * shareStored(workload, age);
  });
  return imagesPerMonth(workload) * sum(perImage) * workload.cacheHitRate;
}

/** Everything that the workload does in a month, by operation of the API and of the workers. */
export function trafficOf(workload: Workload, settings: TrafficSettings): Traffic {
  const { month, hasCdn } = settings;
  const images = imagesPerMonth(workload);
  const inParts = images * workload.shareInParts;
  const reading = readingImages(workload, month);
  const stored = imagesStored(workload, month);
  const reads = {
    original: workload.readsPerImage.original * reading,
    rendition: workload.readsPerImage.rendition * reading,
  };
  const missed = (reads.original + reads.rendition) * originShare(workload, hasCdn);
  const askedAgain = revalidations(workload, settings);
  const later = workload.laterRenditionsPerImage * reading;
  const remade =
    images *
    sum(
      remadePerImage(workload, settings)
        .slice(0, month)
        .map((each, age) => each * shareStored(workload, age)),
    );
  const withBytes = 1 - workload.notModifiedShare;
  const bytes = reads.original * meanOriginalBytes(workload) + reads.rendition * meanRenditionBytes(workload);
  return {
    images,
    stored,
    reads: { ...reads, atOrigin: missed + askedAgain },
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
      readBytes: missed * withBytes,
      readNotModified: missed * (1 - withBytes) + askedAgain,
      readRecord: workload.metadataReadsPerImage * reading,
      listImages: workload.listCallsPerDay * DAYS_A_MONTH,
      deleteImage: workload.deletionsPerMonth * stored,
    },
  };
}
