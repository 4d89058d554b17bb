import { type RenditionLoad, sum } from '../workload.ts';

/** What all renditions of an upload together come to on average. */
interface UploadTotals {
  /** A whole number of renditions. */
  count: number;
  bytes?: number;
  cpuSeconds: number;
}

type Figure = 'meanBytes' | 'cpuSeconds';

const totalOf = (loads: readonly RenditionLoad[], figure: Figure): number => sum(loads.map((load) => load[figure]));

/** Multiplies a figure of every rendition so that they come to the total; renditions that all have 0 get equal parts. */
const scaled = (loads: RenditionLoad[], figure: Figure, total: number): RenditionLoad[] => {
  const before = totalOf(loads, figure);
  return loads.map((load) => ({
    ...load,
    [figure]: before > 0 ? total * (load[figure] / before) : total / loads.length,
  }));
};

/** So many renditions in proportion to these, the first as they come, that come to the totals. Bytes stay as they are if no total is known. */
export function loadsOf(shape: readonly RenditionLoad[], { count, bytes, cpuSeconds }: UploadTotals): RenditionLoad[] {
  const last = shape.at(-1) ?? { name: 'rendition', meanBytes: 0, cpuSeconds: 0, format: 'webp' };
  const loads = Array.from(
    { length: count },
    (_, index): RenditionLoad => shape[index] ?? { ...last, name: `${last.name}-${index + 1}` },
  );
  const withCpu = scaled(loads, 'cpuSeconds', cpuSeconds);
  return bytes === undefined ? withCpu : scaled(withCpu, 'meanBytes', bytes);
}
