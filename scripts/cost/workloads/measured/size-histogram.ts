import { type SizeClass, sum } from '../workload.ts';

/** Classes by powers of two, so that 128 KiB, below which S3 tiers nothing, is a border. None is empty. */
export function sizeHistogram(sizes: readonly number[]): SizeClass[] {
  const classes = Map.groupBy(sizes, (bytes) => 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
  return [...classes]
    .sort(([a], [b]) => a - b)
    .map(([upToBytes, those]) => ({
      upToBytes,
      share: those.length / sizes.length,
      meanBytes: sum(those) / those.length,
    }));
}
