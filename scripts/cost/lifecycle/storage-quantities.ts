import { forEachClass, forEachTransition, type StorageClass, type TransitionClass } from './storage-classes.ts';

/** What S3 bills for some objects over some time, without money. All of it can be added up and multiplied. */
export interface StorageQuantities {
  /** GB-months as billed, with minimum sizes, noncurrent versions and abandoned parts; `objects` is their number times the months. */
  byClass: Record<StorageClass, { gbMonths: number; objects: number }>;
  /** Objects that lifecycle rules moved to a class. */
  transitions: Record<TransitionClass, number>;
  /** Object-months for which Intelligent-Tiering bills monitoring. */
  monitoredObjects: number;
  /** GET requests by the class of what they read. */
  reads: Record<StorageClass, number>;
  /** The GB of those reads, where reading is charged by the GB. */
  retrievedGb: Record<StorageClass, number>;
  /** GB-months between the removal of objects and the end of their class's minimum days. */
  earlyDeletedGbMonths: Record<StorageClass, number>;
  /** The part of the GB-months that are deleted or expired versions. */
  noncurrentGbMonths: number;
  /** The part of the GB-months that are parts of uploads which were never completed. */
  abandonedPartsGbMonths: number;
  /** Delete markers times the months that they stay. */
  deleteMarkers: number;
  /** GB that were written, and GB that were removed for good because of a rule or because users had deleted them. */
  createdGb: number;
  expiredGb: number;
  deletedGb: number;
}

export const noQuantities = (): StorageQuantities => ({
  byClass: forEachClass(() => ({ gbMonths: 0, objects: 0 })),
  transitions: forEachTransition(() => 0),
  monitoredObjects: 0,
  reads: forEachClass(() => 0),
  retrievedGb: forEachClass(() => 0),
  earlyDeletedGbMonths: forEachClass(() => 0),
  ...{ noncurrentGbMonths: 0, abandonedPartsGbMonths: 0, deleteMarkers: 0 },
  ...{ createdGb: 0, expiredGb: 0, deletedGb: 0 },
});

/** Adds quantities, so many times, to a total. */
export function addTimes(total: StorageQuantities, quantities: StorageQuantities, times: number): void {
  addNumbers(total as never, quantities as never, times);
}

type Numbers = { [name: string]: number | Numbers };

function addNumbers(total: Numbers, numbers: Numbers, times: number): void {
  for (const name in numbers) {
    const [sum, value] = [total[name], numbers[name]];
    if (typeof value === 'number') total[name] = (typeof sum === 'number' ? sum : 0) + value * times;
    else if (typeof sum === 'object' && value) addNumbers(sum, value, times);
  }
}
