import type { RenditionLoad, SizeClass } from './workload.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Most images in the evening, few at night; the busiest hour has 1.6 times the mean. */
export const EVENING_CURVE: readonly number[] = [
  ...[0.6, 0.4, 0.3, 0.3, 0.3, 0.4, 0.6, 0.8, 0.9, 1, 1, 1.1],
  ...[1.2, 1.2, 1.2, 1.2, 1.3, 1.4, 1.5, 1.6, 1.6, 1.6, 1.4, 1.1],
];

/** Photographs of phones, some of which were sent through other applications before. The mean is 2.9 MiB. */
export const PHONE_PHOTOGRAPHS: readonly SizeClass[] = [
  { upToBytes: 256 * KIB, share: 0.15, meanBytes: 120 * KIB },
  { upToBytes: MIB, share: 0.2, meanBytes: 600 * KIB },
  { upToBytes: 4 * MIB, share: 0.4, meanBytes: 2.6 * MIB },
  { upToBytes: 10 * MIB, share: 0.22, meanBytes: 6 * MIB },
  { upToBytes: 100 * MIB, share: 0.03, meanBytes: 14 * MIB },
];

/**
 * Four sizes of a photograph. The worker made 6.79 photographs a second of one size and 6.09 of four, of 24 megapixels each, on two cores
 * (`npm run bench -- process`, docs/performance.md), which are 0.295 and 0.328 seconds of a core. The first has the decode that all share. A
 * vCPU of a type with two threads a core is half a core, so the seconds of a vCPU are twice those of a core, as in `secondsPerMessage` of the
 * environments; on Graviton, whose vCPUs are cores, they are fewer.
 */
export const FOUR_SIZES: readonly RenditionLoad[] = [
  { name: 'large', meanBytes: 220 * KIB, cpuSeconds: 0.59, format: 'webp' },
  { name: 'medium', meanBytes: 80 * KIB, cpuSeconds: 0.022, format: 'webp' },
  { name: 'small', meanBytes: 28 * KIB, cpuSeconds: 0.022, format: 'webp' },
  { name: 'thumbnail', meanBytes: 8 * KIB, cpuSeconds: 0.022, format: 'webp' },
];

/** Half of the reads in the month of the upload, the rest over a year. */
export const SOON_FORGOTTEN: readonly number[] = [
  ...[0.5, 0.14, 0.08, 0.06, 0.05, 0.04],
  ...[0.03, 0.03, 0.02, 0.02, 0.02, 0.01],
];

/**
 * Assumed: pages take `links.file` of the record, as docs/downloading.md recommends, so that one read in ten is by a name, of clients that know nothing
 * else. If all were by names, edges would ask the service about nearly every read.
 */
export const MOSTLY_BY_CONTENT = 0.1;
