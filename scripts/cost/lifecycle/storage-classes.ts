/** The bytes of a GB, as AWS bills it: https://aws.amazon.com/s3/pricing/ (read 2026-11-30). */
export const GB = 1024 ** 3;

/** Infrequent Access and Glacier Instant Retrieval bill smaller objects as this many bytes, and Intelligent-Tiering does not move them. */
export const SMALLEST_TIERED_BYTES = 128 * 1024;

interface ClassFacts {
  /** The name of its prices in the price book begins with this. */
  price: 's3.standard' | 's3.standard-ia' | 's3.intelligent-tiering' | 's3.glacier-ir';
  /** Objects are billed for at least this many days, also when they are removed or moved earlier. */
  minimumDays: number;
  /** Smaller objects are billed as this many bytes. */
  minimumBytes: number;
}

/**
 * The classes, and within Intelligent-Tiering the tiers, by which storage is billed. Minimum days and sizes:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html (read 2026-11-30).
 */
export const STORAGE_CLASSES = {
  STANDARD: { price: 's3.standard', minimumDays: 0, minimumBytes: 0 },
  'INTELLIGENT_TIERING frequent': { price: 's3.intelligent-tiering', minimumDays: 0, minimumBytes: 0 },
  'INTELLIGENT_TIERING infrequent': { price: 's3.intelligent-tiering', minimumDays: 0, minimumBytes: 0 },
  'INTELLIGENT_TIERING archive instant': { price: 's3.intelligent-tiering', minimumDays: 0, minimumBytes: 0 },
  STANDARD_IA: { price: 's3.standard-ia', minimumDays: 30, minimumBytes: SMALLEST_TIERED_BYTES },
  GLACIER_IR: { price: 's3.glacier-ir', minimumDays: 90, minimumBytes: SMALLEST_TIERED_BYTES },
} as const satisfies Record<string, ClassFacts>;

export type StorageClass = keyof typeof STORAGE_CLASSES;
export const STORAGE_CLASS_NAMES = Object.keys(STORAGE_CLASSES) as StorageClass[];

/**
 * What a lifecycle rule may move objects to; of several on one day, the first of this list is taken:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html (read 2026-11-30). Images are read at any time, so classes
 * that must be restored before a read are not among them.
 */
export const TRANSITION_CLASSES = ['INTELLIGENT_TIERING', 'GLACIER_IR', 'STANDARD_IA'] as const;
export type TransitionClass = (typeof TRANSITION_CLASSES)[number];

/** Dollars and quantities by class begin with this. */
export const forEachClass = <T>(give: (name: StorageClass) => T): Record<StorageClass, T> =>
  Object.fromEntries(STORAGE_CLASS_NAMES.map((name) => [name, give(name)])) as Record<StorageClass, T>;

export const forEachTransition = <T>(give: (name: TransitionClass) => T): Record<TransitionClass, T> =>
  Object.fromEntries(TRANSITION_CLASSES.map((name) => [name, give(name)])) as Record<TransitionClass, T>;
