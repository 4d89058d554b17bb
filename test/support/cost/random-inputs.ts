import fc from 'fast-check';
import type { ModelInput } from '../../../scripts/cost/model/context.ts';
import type { Workload } from '../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from './fixed-prices.ts';
import { type Changes, SETTINGS, synthesised } from './synthesised.ts';

const MIB = 1024 * 1024;

const share = (max = 1): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });

/** Shares with the sum 1. */
const shares = (length: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: 1, max: 100 }), { minLength: length, maxLength: length })
    .map((weights) => weights.map((weight) => weight / weights.reduce((sum, each) => sum + each, 0)));

const SIZES: fc.Arbitrary<Workload['sizes']> = fc
  .record({
    parts: shares(3),
    bytes: fc.array(fc.integer({ min: 1000, max: 20 * MIB }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ parts, bytes }) => parts.map((each, index) => sizeOf(each, bytes[index] ?? MIB)));

const sizeOf = (part: number, bytes: number) => ({ share: part, meanBytes: bytes, upToBytes: 2 * bytes });

const RENDITION: fc.Arbitrary<Workload['renditions'][number]> = fc.record({
  name: fc.constant('thumb'),
  meanBytes: fc.integer({ min: 500, max: MIB }),
  cpuSeconds: fc.double({ min: 0.01, max: 3, noNaN: true }),
  format: fc.constant('webp'),
});

/** Workloads of all sizes, from nothing. */
const WORKLOADS: fc.Arbitrary<Workload> = fc.record({
  name: fc.constant('random'),
  description: fc.constant('made up'),
  imagesPerDay: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000_000 })),
  dailyCurve: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 24, maxLength: 24 }),
  sizes: SIZES,
  shareInParts: share(),
  partsPerUpload: fc.integer({ min: 1, max: 100 }),
  renditions: fc.array(RENDITION, { minLength: 1, maxLength: 6 }),
  laterRenditionsPerImage: share(2),
  readsPerImage: fc.record({ original: share(5), rendition: share(500) }),
  ageCurve: shares(12),
  readsByNameShare: share(),
  cacheHitRate: share(),
  originShieldHitRate: share(),
  notModifiedShare: share(0.5),
  metadataReadsPerImage: share(20),
  listCallsPerDay: fc.integer({ min: 0, max: 1_000_000 }),
  changesPerImage: share(2),
  apiKeys: fc.integer({ min: 0, max: 10_000 }),
  privateShare: share(),
  deletionsPerMonth: share(0.1),
});

/** Settings of each kind that costs something: few, because each has to be synthesised. */
const CHANGES: readonly Changes[] = [
  {},
  { storage: { originalsTier: 'none' } },
  { storage: { originalsTier: 'infrequent-access', originalsTierDays: 30, renditionsExpireDays: 0 } },
  { network: { egress: 'interface-endpoints' } },
];

export const INPUTS: fc.Arbitrary<ModelInput> = fc
  .record({
    name: fc.constantFrom(...(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[])),
    changes: fc.constantFrom(...CHANGES),
    workload: WORKLOADS,
    month: fc.integer({ min: 1, max: 13 }),
    spotShare: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
  })
  .map(({ name, changes, workload, month, spotShare }) => ({
    environment: synthesised(name, changes),
    workload,
    month,
    book: fixedPrices({ spotShare }),
    // A counterexample is shown by what it was made of, without the stacks.
    [fc.toStringMethod]: () => JSON.stringify({ name, changes, workload, month, spotShare }),
  }));
