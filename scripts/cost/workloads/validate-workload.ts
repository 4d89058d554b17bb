import { CommandError } from '../../command-line.ts';
import { sum, type Workload } from './workload.ts';

type Rule<Value> = { is: (value: Value) => boolean; must: string };

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isShare = (value: unknown): boolean => isAmount(value) && value <= 1;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
/** Shares are written with few digits, so that a sum may be slightly off. */
const isWhole = (shares: readonly number[]): boolean => Math.abs(sum(shares) - 1) < 0.001;

const TEXT = { is: isText, must: 'be a text' };
const AMOUNT = { is: isAmount, must: 'be 0 or more' };
const SHARE = { is: isShare, must: 'be a share, 0 to 1' };

const RULES: { [Field in keyof Workload]: Rule<Workload[Field]> } = {
  name: TEXT,
  description: TEXT,
  imagesPerDay: AMOUNT,
  dailyCurve: {
    is: (curve) => Array.isArray(curve) && curve.length === 24 && curve.every(isAmount) && sum(curve) > 0,
    must: 'be 24 weights, one for each hour of the day, not all of them 0',
  },
  sizes: {
    is: (sizes) =>
      Array.isArray(sizes) &&
      sizes.every(
        ({ share, meanBytes, upToBytes }) => isShare(share) && isAmount(meanBytes) && meanBytes <= upToBytes,
      ) &&
      isWhole(sizes.map(({ share }) => share)),
    must: 'be size classes with a mean of at most upToBytes, whose shares have the sum 1',
  },
  shareInParts: SHARE,
  partsPerUpload: { is: (parts) => isAmount(parts) && parts >= 1, must: 'be 1 or more' },
  renditions: {
    is: (renditions) =>
      Array.isArray(renditions) &&
      renditions.every(
        ({ name, meanBytes, cpuSeconds }) => isText(name) && isAmount(meanBytes) && isAmount(cpuSeconds),
      ),
    must: 'be renditions with name, meanBytes and cpuSeconds of 0 or more',
  },
  laterRenditionsPerImage: AMOUNT,
  readsPerImage: {
    is: (reads) => isAmount(reads?.original) && isAmount(reads?.rendition),
    must: 'have original and rendition, both 0 or more',
  },
  ageCurve: {
    is: (curve) => Array.isArray(curve) && curve.every(isShare) && isWhole(curve),
    must: 'be shares of the reads by month, whose sum is 1',
  },
  cacheHitRate: SHARE,
  notModifiedShare: SHARE,
  metadataReadsPerImage: AMOUNT,
  listCallsPerDay: AMOUNT,
  deletionsPerMonth: SHARE,
};

const problemsOf = (workload: Workload): string[] => [
  ...Object.entries(RULES).flatMap(([field, rule]) => {
    const { is, must } = rule as Rule<unknown>;
    const value = workload[field as keyof Workload];
    return is(value) ? [] : [`${field} must ${must}, not ${JSON.stringify(value)}`];
  }),
  ...Object.keys(workload)
    .filter((field) => !(field in RULES))
    .map((field) => `${field} is no field of a workload`),
];

/** Returns the workload, or throws a CommandError that names every field that is wrong. `where` is the file it came from. */
export function validWorkload(workload: unknown, where: string): Workload {
  if (typeof workload !== 'object' || workload === null)
    throw new CommandError(`${where} exports no workload: see scripts/cost/workloads/small.ts for one.`);
  const problems = problemsOf(workload as Workload);
  if (problems.length > 0)
    throw new CommandError([`The workload of ${where} cannot be used:`, ...problems].join('\n  '));
  return workload as Workload;
}
