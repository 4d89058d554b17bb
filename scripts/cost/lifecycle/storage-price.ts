import type { PriceBook } from '../../../stacks/prices/price-book.ts';
import { type PriceName, type Quantity, quantity, type UnitOf } from '../../../stacks/prices/price-units.ts';
import { sum } from '../workloads/workload.ts';
import {
  forEachClass,
  forEachTransition,
  STORAGE_CLASS_NAMES,
  STORAGE_CLASSES,
  type StorageClass,
  TRANSITION_CLASSES,
  type TransitionClass,
} from './storage-classes.ts';
import type { StorageQuantities } from './storage-quantities.ts';

type StoragePriceName = Extract<PriceName, `s3.${string}.storage`>;

const STORAGE_PRICES = {
  STANDARD: 's3.standard.storage',
  'INTELLIGENT_TIERING frequent': 's3.intelligent-tiering.frequent.storage',
  'INTELLIGENT_TIERING infrequent': 's3.intelligent-tiering.infrequent.storage',
  'INTELLIGENT_TIERING archive instant': 's3.intelligent-tiering.archive-instant.storage',
  STANDARD_IA: 's3.standard-ia.storage',
  GLACIER_IR: 's3.glacier-ir.storage',
} as const satisfies Record<StorageClass, StoragePriceName>;

const TRANSITION_PRICES = {
  INTELLIGENT_TIERING: 's3.intelligent-tiering.transition',
  STANDARD_IA: 's3.standard-ia.transition',
  GLACIER_IR: 's3.glacier-ir.transition',
} as const satisfies Record<TransitionClass, PriceName>;

/** US dollars for one unit of everything that is billed, at the amounts of a month. */
export interface StorageRates {
  storage: Record<StorageClass, number>;
  /** A GET request. */
  read: Record<StorageClass, number>;
  /** Reading a GB. */
  retrieval: Record<StorageClass, number>;
  transition: Record<TransitionClass, number>;
  /** Monitoring an object for a month. */
  monitoring: number;
}

/** US dollars for some storage. `usd` is the sum of the others; it has no requests by which objects are written. */
export interface StoragePrice {
  byClass: Record<StorageClass, { gbMonths: number; usd: number }>;
  storageUsd: number;
  transitionsUsd: number;
  monitoringUsd: number;
  /** What classes charge for reading by the GB. */
  retrievalUsd: number;
  /** GET requests, which cost more in colder classes. */
  readRequestsUsd: number;
  earlyDeletionUsd: number;
  usd: number;
}

/** The mean price of a unit, if it has tiers by amount; of the first unit, if there is no amount. */
const rateOf = <N extends PriceName>(book: PriceBook, name: N, { amount, unit }: Quantity<UnitOf<N>>): number =>
  book.usd(name, { amount: amount || 1, unit }) / (amount || 1);

/** The mean prices at the quantities of a month. By these, the prices of parts of the month add up to the price of the month. */
export function storageRates(month: StorageQuantities, book: PriceBook): StorageRates {
  return {
    storage: forEachClass((name) =>
      rateOf(book, STORAGE_PRICES[name], quantity(month.byClass[name].gbMonths, 'GB-month')),
    ),
    read: forEachClass((name) =>
      rateOf(book, `${STORAGE_CLASSES[name].price}.get`, quantity(month.reads[name], 'request')),
    ),
    retrieval: forEachClass((name) =>
      name === 'STANDARD_IA' || name === 'GLACIER_IR'
        ? rateOf(book, `${STORAGE_CLASSES[name].price}.retrieval`, quantity(month.retrievedGb[name], 'GB'))
        : 0,
    ),
    transition: forEachTransition((name) =>
      rateOf(book, TRANSITION_PRICES[name], quantity(month.transitions[name], 'request')),
    ),
    monitoring: rateOf(book, 's3.intelligent-tiering.monitoring', quantity(month.monitoredObjects, 'object-month')),
  };
}

const sumOver = <K extends string>(names: readonly K[], usdOf: (name: K) => number): number =>
  names.reduce((sum, name) => sum + usdOf(name), 0);

/** The names of the prices of some quantities, by what is priced. */
export function storagePriceNames({ byClass, reads, retrievedGb, transitions }: StorageQuantities) {
  const used = (amounts: Record<StorageClass, number>) => STORAGE_CLASS_NAMES.filter((name) => amounts[name] > 0);
  const stored = STORAGE_CLASS_NAMES.filter((name) => byClass[name].gbMonths > 0);
  return {
    storage: STORAGE_PRICES,
    allStored: stored.map((name) => STORAGE_PRICES[name]),
    reads: used(reads).map((name) => `${STORAGE_CLASSES[name].price}.get` as const),
    retrieval: used(retrievedGb).map((name) => `${STORAGE_CLASSES[name].price}.retrieval` as const),
    transitions: TRANSITION_CLASSES.filter((name) => transitions[name] > 0).map((name) => TRANSITION_PRICES[name]),
  };
}

/** Prices quantities by given rates. */
export function priceAt(quantities: StorageQuantities, rates: StorageRates): StoragePrice {
  const byClass = forEachClass((name) => {
    const { gbMonths } = quantities.byClass[name];
    return { gbMonths, usd: gbMonths * rates.storage[name] };
  });
  const parts = {
    storageUsd: sumOver(STORAGE_CLASS_NAMES, (name) => byClass[name].usd),
    transitionsUsd: sumOver(TRANSITION_CLASSES, (name) => quantities.transitions[name] * rates.transition[name]),
    monitoringUsd: quantities.monitoredObjects * rates.monitoring,
    retrievalUsd: sumOver(STORAGE_CLASS_NAMES, (name) => quantities.retrievedGb[name] * rates.retrieval[name]),
    readRequestsUsd: sumOver(STORAGE_CLASS_NAMES, (name) => quantities.reads[name] * rates.read[name]),
    earlyDeletionUsd: sumOver(
      STORAGE_CLASS_NAMES,
      (name) => quantities.earlyDeletedGbMonths[name] * rates.storage[name],
    ),
  };
  return { byClass, ...parts, usd: sum(Object.values(parts)) };
}

/** Prices a month by the tiers of its own amounts. */
export const priceOfStorage = (month: StorageQuantities, book: PriceBook): StoragePrice =>
  priceAt(month, storageRates(month, book));
