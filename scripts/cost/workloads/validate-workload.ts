import { inspect } from 'node:util';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { CommandError } from '../../command-line.ts';
import { printableLine } from '../../terminal/printable.ts';
import { sum, type Workload } from './workload.ts';

type Rule<Value> = { is: (value: Value) => boolean; must: string };

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isShare = (value: unknown): boolean => isAmount(value) && value <= 1;
const isAtMost =
  (most: number) =>
  (value: unknown): boolean =>
    isAmount(value) && value <= most;
const isBytes = isAtMost(LIMITS.asyncUploadBytes);
/** A list of objects for whose fields a rule holds. */
const isListOf = <Each extends object>(list: readonly Each[], isOne: (each: Each) => boolean): boolean =>
  Array.isArray(list) && list.every((each) => typeof each === 'object' && each !== null && isOne(each));
/** A text that stays in its row of a table. */
const isText = (value: unknown): boolean => typeof value === 'string' && /^[^\n\r\t]+$/.test(value);
/** Shares are written with few digits, so that a sum may be slightly off. */
const isWhole = (shares: readonly number[]): boolean => Math.abs(sum(shares) - 1) < 0.001;

const TEXT = { is: isText, must: 'be a text of one line' };
/** More of anything would be more than all people on Earth could do, and a mistake. */
const MOST = 1e12;
const AMOUNT = { is: isAtMost(MOST), must: 'be a number from 0 to 10¹²' };
/** More renditions of one image than a message holds. */
const MOST_RENDITIONS = 100;
const MOST_CPU_SECONDS = 3600;
/** Ten years. An image is followed by the day for so long, which takes time. */
const MOST_MONTHS = 120;
const FORMATS: readonly string[] = ['jpeg', 'webp', 'avif', 'png'] satisfies Workload['renditions'][number]['format'][];
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
      isListOf(
        sizes,
        ({ share, meanBytes, upToBytes }) => isShare(share) && isBytes(meanBytes) && meanBytes <= upToBytes,
      ) && isWhole(sizes.map(({ share }) => share)),
    must: `be size classes with a mean of at most upToBytes and ${LIMITS.asyncUploadBytes} bytes, whose shares have the sum 1`,
  },
  shareInParts: SHARE,
  partsPerUpload: {
    is: (parts) => isAtMost(LIMITS.partsPerUpload)(parts) && parts >= 1,
    must: `be 1 to ${LIMITS.partsPerUpload}`,
  },
  renditions: {
    is: (renditions) =>
      isListOf(
        renditions,
        ({ name, meanBytes, cpuSeconds, format }) =>
          isText(name) && isBytes(meanBytes) && isAtMost(MOST_CPU_SECONDS)(cpuSeconds) && FORMATS.includes(format),
      ) && renditions.length <= MOST_RENDITIONS,
    must: `be at most ${MOST_RENDITIONS} renditions, each with name, meanBytes, cpuSeconds of at most ${MOST_CPU_SECONDS}, and a format of ${FORMATS.join(', ')}`,
  },
  laterRenditionsPerImage: AMOUNT,
  readsPerImage: {
    is: (reads) => isAtMost(MOST)(reads?.original) && isAtMost(MOST)(reads?.rendition),
    must: 'have original and rendition, both 0 or more',
  },
  ageCurve: {
    is: (curve) => Array.isArray(curve) && curve.length <= MOST_MONTHS && curve.every(isShare) && isWhole(curve),
    must: `be shares of the reads by month, of at most ${MOST_MONTHS}, whose sum is 1`,
  },
  readsByNameShare: SHARE,
  cacheHitRate: SHARE,
  originShieldHitRate: SHARE,
  notModifiedShare: SHARE,
  metadataReadsPerImage: AMOUNT,
  listCallsPerDay: AMOUNT,
  changesPerImage: AMOUNT,
  apiKeys: AMOUNT,
  privateShare: SHARE,
  deletionsPerMonth: SHARE,
};

const problemsOf = (workload: Workload): string[] => [
  ...Object.entries(RULES).flatMap(([field, rule]) => {
    const { is, must } = rule as Rule<unknown>;
    const value = workload[field as keyof Workload];
    return is(value) ? [] : [`${field} must ${must}, not ${printableLine(inspect(value, { breakLength: Infinity }))}`];
  }),
  ...Object.keys(workload)
    .filter((field) => !Object.hasOwn(RULES, field))
    .map((field) => `${field} is no field of a workload`),
];

/** Returns the workload, or throws a CommandError that names every field that is wrong. `where` is the file it came from. */
export function validWorkload(workload: unknown, where: string): Workload {
  if (typeof workload !== 'object' || workload === null || Array.isArray(workload))
    throw new CommandError(
      `${where} has no workload, which is an object: see scripts/cost/workloads/small.ts for one.`,
    );
  const problems = problemsOf(workload as Workload);
  if (problems.length > 0)
    throw new CommandError([`The workload of ${where} cannot be used:`, ...problems].join('\n  '));
  return workload as Workload;
}
