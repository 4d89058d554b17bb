import type { Workload } from '../../../scripts/cost/workloads/workload.ts';

const MIB = 1024 * 1024;

/** Round numbers, so that computations by hand are short: a million images a month, evenly over the day, of which nothing is deleted. */
export const PLAIN: Workload = {
  name: 'plain',
  description: 'A million images a month',
  imagesPerDay: 1_000_000 / (730 / 24),
  dailyCurve: Array.from({ length: 24 }, () => 1),
  sizes: [{ upToBytes: 4 * MIB, share: 1, meanBytes: 2 * MIB }],
  shareInParts: 0,
  partsPerUpload: 3,
  renditions: Array.from({ length: 4 }, (_, index) => ({
    name: `r${index}`,
    meanBytes: 100 * 1024,
    cpuSeconds: 0.25,
    format: 'webp' as const,
  })),
  laterRenditionsPerImage: 0,
  readsPerImage: { original: 0, rendition: 40 },
  ageCurve: [1],
  readsByNameShare: 0,
  cacheHitRate: 0.9,
  originShieldHitRate: 0,
  notModifiedShare: 0,
  metadataReadsPerImage: 0,
  listCallsPerDay: 0,
  changesPerImage: 0,
  apiKeys: 1,
  privateShare: 0,
  deletionsPerMonth: 0,
};

/** Nobody uses it. */
export const IDLE: Workload = { ...PLAIN, name: 'idle', imagesPerDay: 0, listCallsPerDay: 0 };
