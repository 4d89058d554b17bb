import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { type LifecycleRules, readLifecycleRules, rulesForObject } from '../lifecycle/lifecycle-rules.ts';
import { type ObjectMix, type StorageMonth, storageMonths } from '../lifecycle/storage-months.ts';
import { imagesPerMonth, shareStored, sum, type Workload } from '../workloads/workload.ts';
import type { ModelInput } from './context.ts';
import { shareAtOrigin } from './edge-reads.ts';
import { remadePerImage } from './remade-renditions.ts';
import type { TrafficSettings } from './traffic.ts';

/** The months that a report shows. */
export const MONTHS = 24;

/** Days after which renditions expire by the rules of their bucket. */
export const renditionDays = (rules: LifecycleRules): number =>
  rulesForObject(rules, KEY_PREFIXES.renditions, 1).expirationDays ?? Number.POSITIVE_INFINITY;

export const rulesOf = ({ environment }: Pick<ModelInput, 'environment'>): LifecycleRules =>
  readLifecycleRules(environment.storage);

/** GET requests that an image's original takes while it is made: of the worker, and two of the service that joins parts. */
const readsWhileNew = ({ shareInParts, renditions }: Workload): number =>
  (renditions.length > 0 ? 1 : 0) + 2 * shareInParts;

/** The renditions that are made of an image in each month of its life: with its upload, when they are asked for later, and again. */
const renditionsByAge = (workload: Workload, remade: readonly number[]): number[] =>
  workload.ageCurve.map(
    (share, month) =>
      (month === 0 ? workload.renditions.length : 0) +
      ((remade[month] ?? 0) + workload.laterRenditionsPerImage * share) * shareStored(workload, month),
  );

/** The objects that a workload makes each month, with the reads that reach S3. */
export function objectMixes(workload: Workload, settings: TrafficSettings): ObjectMix[] {
  const images = imagesPerMonth(workload);
  const atOrigin = shareAtOrigin(workload, settings) * (1 - workload.notModifiedShare);
  const remade = remadePerImage(workload, settings);
  const age = (month: number) => workload.ageCurve[month] ?? 0;
  const count = workload.renditions.length;
  const deletedShareByMonth = workload.deletionsPerMonth;
  const madeByAge = renditionsByAge(workload, remade);
  const made = sum(madeByAge);
  const originals: ObjectMix = {
    prefix: KEY_PREFIXES.originals,
    writtenInto: settings.product.originalsWrittenInto,
    perMonth: images,
    sizes: workload.sizes,
    readsWhenNew: readsWhileNew(workload),
    readsPerMonthByAge: (month) =>
      workload.readsPerImage.original * age(month) * atOrigin +
      workload.laterRenditionsPerImage * age(month) +
      (remade[month] ?? 0),
    deletedShareByMonth,
  };
  if (count === 0) return [originals];
  const renditions: ObjectMix = {
    prefix: KEY_PREFIXES.renditions,
    perMonth: images * made,
    sharesByDelay: madeByAge.map((each) => each / made),
    sizes: workload.renditions.map(({ meanBytes }) => ({ meanBytes, share: 1 / count })),
    readsPerMonthByAge: (month) => (workload.readsPerImage.rendition / made) * age(month) * atOrigin,
    deletedShareByMonth,
  };
  return [originals, renditions];
}

/** The storage of an environment's first months. */
export const imageStorage = (input: ModelInput, settings: TrafficSettings, months: number): StorageMonth[] =>
  storageMonths(objectMixes(input.workload, settings), rulesOf(input), months);
