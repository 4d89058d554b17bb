/** Originals of a range of sizes. */
export interface SizeClass {
  upToBytes: number;
  /** The share of images, 0 to 1. */
  share: number;
  meanBytes: number;
}

/** A rendition that is made of every image when it is uploaded. */
export interface RenditionLoad {
  name: string;
  meanBytes: number;
  /** Seconds of one vCPU, with its part of the decode that renditions share. */
  cpuSeconds: number;
  format: 'jpeg' | 'webp' | 'avif' | 'png';
}

/** What people do with the service, as far as it costs money. Shares are 0 to 1. */
export interface Workload {
  name: string;
  description: string;
  imagesPerDay: number;
  /** The relative number of images in each of the day's 24 hours. */
  dailyCurve: readonly number[];
  /** A histogram of the originals. */
  sizes: readonly SizeClass[];
  /** The share of images that are uploaded in parts. */
  shareInParts: number;
  partsPerUpload: number;
  renditions: readonly RenditionLoad[];
  /** Renditions for each image that are asked for later, each by a request of its own. */
  laterRenditionsPerImage: number;
  /** Reads of bytes in the life of an image, before any cache. All renditions are read equally often: one more divides the same reads, and its size changes their mean. */
  readsPerImage: { original: number; rendition: number };
  /** The share of those reads in each month after the upload; the last month is the last in which an image is read, at most the 120th. */
  ageCurve: readonly number[];
  /**
   * The share of those reads that are by the name of a rendition, or of the original by its image, which edges keep for a minute and then ask about.
   * The others are by content, /files/HASH, which the record has as `links.file`, and which edges keep for a year.
   */
  readsByNameShare: number;
  /** The share of reads of public images of which the CDN's edges have a copy, with or without Origin Shield, also if it is so old that they ask whether it is still right. */
  cacheHitRate: number;
  /** The share of the other reads of public images that Origin Shield answers, where it is switched on. The first read of anything reaches the service. */
  originShieldHitRate: number;
  /** The share of reads that are answered 304, without bytes. */
  notModifiedShare: number;
  /** Reads of an image's record in its life. */
  metadataReadsPerImage: number;
  listCallsPerDay: number;
  /** Changes of an image in its life (PATCH) that hide nothing from anybody, such as that it becomes public. */
  changesPerImage: number;
  /** API keys that are in use all day, by all of which the calls are made that are not reads of bytes. */
  apiKeys: number;
  /** The share of images, and of reads, that are private. No CDN keeps them: each read comes through to the services, and nothing is invalidated when they are deleted. */
  privateShare: number;
  /** The share of the stored images that is deleted in a month. */
  deletionsPerMonth: number;
}

export const DAYS_A_MONTH = 730 / 24;
const SECONDS_A_DAY = 24 * 60 * 60;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const imagesPerMonth = ({ imagesPerDay }: Workload): number => imagesPerDay * DAYS_A_MONTH;

/** Images a second in each of the day's 24 hours. */
export function imagesPerSecondByHour({ imagesPerDay, dailyCurve }: Workload): number[] {
  const mean = sum(dailyCurve) / dailyCurve.length;
  return dailyCurve.map((weight) => ((imagesPerDay / SECONDS_A_DAY) * weight) / mean);
}

/** Images a second in the busiest hour. */
export const peakImagesPerSecond = (workload: Workload): number => Math.max(...imagesPerSecondByHour(workload));

export const meanOriginalBytes = ({ sizes }: Pick<Workload, 'sizes'>): number =>
  sum(sizes.map(({ share, meanBytes }) => share * meanBytes));

/** The mean over the renditions of an image; 0 if it has none. */
export const meanRenditionBytes = ({ renditions }: Workload): number =>
  renditions.length === 0 ? 0 : sum(renditions.map(({ meanBytes }) => meanBytes)) / renditions.length;

/** vCPU-seconds of one rendition; a later one costs at least the dearest of the first, because it decodes the image again. */
export const cpuSecondsOfUpload = ({ renditions }: Pick<Workload, 'renditions'>): number =>
  sum(renditions.map(({ cpuSeconds }) => cpuSeconds));

export const cpuSecondsOfLaterRendition = ({ renditions }: Pick<Workload, 'renditions'>): number =>
  Math.max(0, ...renditions.map(({ cpuSeconds }) => cpuSeconds));

/** Reads of an image in a month of its life, the first of which is 0. */
export const readsOfAge = ({ readsPerImage, ageCurve }: Workload, age: number) => ({
  original: readsPerImage.original * (ageCurve[age] ?? 0),
  rendition: readsPerImage.rendition * (ageCurve[age] ?? 0),
});

/** The share of images that are still stored so many months after their upload. */
export const shareStored = ({ deletionsPerMonth }: Workload, ageMonths: number): number =>
  (1 - deletionsPerMonth) ** ageMonths;

/** The number of images, of all ages, that are stored at the end of a month of an environment that began empty. */
export const imagesStored = (workload: Workload, month: number): number =>
  imagesPerMonth(workload) * sum(Array.from({ length: month }, (_, age) => shareStored(workload, age)));

/** Lifetime reads per image that fall into one month, as a multiple of those of one image: each age in the month has its share. */
export const readingImages = (workload: Workload, month: number): number =>
  imagesPerMonth(workload) *
  sum(workload.ageCurve.slice(0, month).map((share, age) => share * shareStored(workload, age)));
